//! 決裁: deciding on what somebody else prepared.

mod decide;
mod detail;
mod queue;

pub use detail::{Check, DecisionView, Event, EventKind};
pub use queue::{QUEUE_PAGE, Queue, QueueFilter, QueuePage, QueueRow};
