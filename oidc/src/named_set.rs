//! Small sets of words that a protocol spells out.

/// Makes an enum of words and the set of them.
macro_rules! named_set {
    (
        $(#[$word_doc:meta])* $word:ident, $(#[$set_doc:meta])* $set:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)+ }
    ) => {
        $(#[$word_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum $word { $($(#[$doc])* $variant,)+ }

        impl $word {
            /// All of them, in the order in which they are written.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word as the protocol spells it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The value of this word, if there is one.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == name)
            }

            const fn bit(self) -> u8 {
                1 << self as u8
            }
        }

        $(#[$set_doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub struct $set(u8);

        impl $set {
            /// None of them.
            pub const EMPTY: Self = Self(0);

            /// The set of these.
            pub const fn of(words: &[$word]) -> Self {
                let (mut set, mut rest) = (Self::EMPTY, words);
                while let [first, others @ ..] = rest {
                    set = set.with(*first);
                    rest = others;
                }
                set
            }

            /// This set and one more.
            #[must_use]
            pub const fn with(self, word: $word) -> Self {
                Self(self.0 | word.bit())
            }

            /// Whether it is in the set.
            pub const fn contains(self, word: $word) -> bool {
                self.0 & word.bit() != 0
            }

            /// What is in either.
            #[must_use]
            pub const fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// What is in both.
            #[must_use]
            pub const fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// Whether nothing is in it.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// What is in it, in the order in which it is written.
            pub fn iter(self) -> impl Iterator<Item = $word> {
                $word::ALL.iter().copied().filter(move |word| self.contains(*word))
            }
        }

        impl std::fmt::Display for $set {
            /// The words, with a space between two.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                for (at, word) in self.iter().enumerate() {
                    if at > 0 {
                        f.write_str(" ")?;
                    }
                    f.write_str(word.as_str())?;
                }
                Ok(())
            }
        }

        impl FromIterator<$word> for $set {
            fn from_iter<I: IntoIterator<Item = $word>>(words: I) -> Self {
                words.into_iter().fold(Self::EMPTY, Self::with)
            }
        }
    };
}

pub(crate) use named_set;
