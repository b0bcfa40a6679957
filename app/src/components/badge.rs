//! A state as a shape and a word, never as a colour alone.

use leptos::prelude::*;

use super::icon::{Drawing, Icon};

/// How a badge looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// In force: 公開中.
    Live,
    /// Waiting for a decision: 審査中.
    Waiting,
    /// Not submitted: 下書き.
    Draft,
    /// Sent back: 差し戻し.
    SentBack,
    /// Stopped: 停止中.
    Paused,
    /// Final: 確定.
    Final,
    /// Soon due.
    Due,
    /// Needs attention.
    Warning,
    /// Went wrong.
    Failed,
    /// Over: archived, withdrawn.
    Over,
}

impl Mark {
    const fn look(self) -> (&'static str, Drawing) {
        match self {
            Mark::Live => ("badge badge--success", Drawing::Done),
            Mark::Waiting => ("badge badge--info", Drawing::Half),
            Mark::Draft => ("badge", Drawing::Dashed),
            Mark::SentBack => ("badge badge--warning", Drawing::Back),
            Mark::Paused => ("badge badge--error", Drawing::Pause),
            Mark::Final => ("badge", Drawing::Lock),
            Mark::Due => ("badge badge--warning", Drawing::Clock),
            Mark::Warning => ("badge badge--warning", Drawing::Warning),
            Mark::Failed => ("badge badge--error", Drawing::Stop),
            Mark::Over => ("badge badge--plain", Drawing::Cross),
        }
    }
}

/// A badge.
#[component]
pub fn Badge(mark: Mark, #[prop(into)] word: String) -> impl IntoView {
    let (class, drawing) = mark.look();
    view! { <span class=class><Icon of=drawing/>{word}</span> }
}

/// A word in a frame, for what is not a state: 第4版, an attribute.
#[component]
pub fn PlainBadge(#[prop(into)] word: String) -> impl IntoView {
    view! { <span class="badge badge--plain">{word}</span> }
}
