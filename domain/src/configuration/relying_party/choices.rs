//! A choice of a form: an enum whose words are those of forms and standards.

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $ja:literal, $en:literal;)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
            pub enum $name {
                $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
            }

            impl $name {
                /// Every choice, in the order of the form.
                pub const ALL: &'static [$name] = &[$($name::$variant,)+];

                /// The word in forms and, where there is one, of the standard.
                pub const fn as_str(self) -> &'static str {
                    match self {
                        $($name::$variant => $word,)+
                    }
                }

                /// The words on screen.
                pub const fn words(self) -> $crate::locale::Words {
                    match self {
                        $($name::$variant => $crate::locale::Words { ja: $ja, en: $en },)+
                    }
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::violations::Violation;

                /// Nothing is the usual choice: a draft from before the question was asked has none.
                fn from_str(text: &str) -> Result<Self, $crate::violations::Violation> {
                    if text.is_empty() {
                        return Ok(Self::default());
                    }
                    Self::ALL.iter().copied().find(|choice| choice.as_str() == text).ok_or($crate::violations::Violation::Unknown)
                }
            }
        )+
    };
}
