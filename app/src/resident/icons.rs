//! Drawings of resident pages. Strokes only, each beside a word.

use domain::configuration::Icon;
use leptos::prelude::*;

/// Drawn paths of 24 × 24.
fn svg(class: &'static str, drawing: &'static str) -> AnyView {
    view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true"><path d=drawing/></svg> }.into_any()
}

/// It is given, it holds.
pub(super) fn yes() -> AnyView {
    svg("r-icon r-yes", "M5 12.5l4.5 4.5L19 7.5")
}

/// It is not given, it does not hold.
pub(super) fn no() -> AnyView {
    svg("r-icon r-no", "M6.5 6.5l11 11M17.5 6.5l-11 11")
}

/// A person and a key.
pub(super) fn sign_in() -> AnyView {
    svg(
        "r-icon",
        "M5.5 7.5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M2.5 20c0-3.8 2.8-6.5 6.5-6.5 1.3 0 2.500.3 3.500.9M14 12a3 3 0 1 0 6 0a3 3 0 1 0-6 0M17 15v6l2-1.7M17 18.2l1.8-1.6",
    )
}

/// A phone.
pub(super) fn device() -> AnyView {
    svg("r-icon", "M9 3h6a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2M11 17.8h2")
}

/// The symbol of a service.
pub(super) fn service(icon: Icon) -> AnyView {
    let drawing = match icon {
        Icon::Book => "M4 5.5c3-1 5.5-.5 8 1.2 2.5-1.7 5-2.2 8-1.2v13c-3-1-5.5-.5-8 1.2-2.5-1.7-5-2.2-8-1.2zM12 6.7v13",
        Icon::Health => {
            "M11.5 4.5a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0-3.6 0M9 21l2.500-6-2.500-3 1.500-4.500 3.500 1.500 1.500 2.500 3 1M15 21l-1-4.500-2.500-2M8 12.500l-1.500 1.500"
        }
        Icon::Application => "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3.5",
        Icon::Facility => "M4 21h16M5.5 21V9.5L12 4l6.5 5.5V21M10 21v-6h4v6",
        Icon::Childcare => {
            "M6.500 6a2.500 2.500 0 1 0 5 0a2.500 2.500 0 1 0-5 0M4.500 20v-5.500a4.500 4.500 0 0 1 9 0V20M15 12a2 2 0 1 0 4 0a2 2 0 1 0-4 0M14.500 20v-2.500a2.500 2.500 0 0 1 5 0V20"
        }
        Icon::Transport => "M5 5h14v12H5zM5 11h14M8 17v2.500M16 17v2.500M8 14h.01M16 14h.01",
        Icon::Disaster => "M12 4l9 16H3zM12 10v5M12 17.500h.01",
        Icon::Other => "M4 9a4.500 4.500 0 1 0 9 0a4.500 4.500 0 1 0-9 0M12 12l8 8M16.500 16.500l2-2M19 19l1.500-1.500",
    };
    svg("r-icon", drawing)
}
