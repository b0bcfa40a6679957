//! Work that is done later, for one organisation at a time. A job's row holds an organisation and no content; the job opens
//! that organisation's scope as its own system actor.

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Publish approved versions whose day has come.
    Publish,
    /// Close the last month.
    CloseMonth,
}

impl Kind {
    /// The name in the column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Publish => "publish",
            Kind::CloseMonth => "close_month",
        }
    }
}
