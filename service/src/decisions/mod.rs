//! 決裁: deciding on what somebody else prepared.

mod decide;
