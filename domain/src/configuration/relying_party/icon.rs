//! The symbols of services.

use serde::{Deserialize, Serialize};

use crate::locale::Words;

macro_rules! icons {
    ($($(#[$doc:meta])* $icon:ident = $name:literal, $ja:literal, $en:literal;)+) => {
        /// The symbol of a service on the town page: one of ours, never a link to somebody else's picture.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Icon {
            $($(#[$doc])* $icon,)+
        }

        impl Icon {
            /// Every symbol, in the order of the form.
            pub const ALL: &'static [Icon] = &[$(Icon::$icon,)+];

            /// The name in forms and of the drawing.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Icon::$icon => $name,)+
                }
            }

            /// What it shows.
            pub const fn words(self) -> Words {
                match self {
                    $(Icon::$icon => Words { ja: $ja, en: $en },)+
                }
            }
        }
    };
}

icons! {
    /// A book.
    Book = "book", "本", "Book";
    /// A walking person.
    Health = "health", "歩く人", "Walking";
    /// A sheet with a pen.
    Application = "application", "申請書", "Form";
    /// A building.
    Facility = "facility", "建物", "Building";
    /// A parent with a child.
    Childcare = "childcare", "親子", "Parent and child";
    /// A bus.
    Transport = "transport", "バス", "Bus";
    /// A warning triangle.
    Disaster = "disaster", "防災", "Alert";
    /// Anything else: a key.
    Other = "other", "鍵", "Key";
}
