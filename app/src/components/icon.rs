//! Drawings: strokes on a field of 24, in the colour of the text. Decorative, always: a word stands beside each.

use leptos::prelude::*;

macro_rules! drawings {
    ($($(#[$doc:meta])* $name:ident = $paths:literal;)+) => {
        /// A drawing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Drawing { $($(#[$doc])* $name,)+ }

        impl Drawing {
            const fn paths(self) -> &'static str {
                match self { $(Self::$name => $paths,)+ }
            }
        }
    };
}

drawings! {
    Home = r#"<path d="M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-5v-6h-4v6H5a1 1 0 0 1-1-1z"/>"#;
    Link = r#"<path d="M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.300"/><path d="M14 10a4 4 0 0 0-5.700 0l-3.1 3.1a4 4 0 0 0 5.700 5.700L12 17.700"/>"#;
    Rules = r#"<path d="M4 6h9M4 12h6M4 18h9"/><path d="M16 6.500l1.800 1.800L21.500 4.500M16 16.500l5 5M21 16.500l-5 5"/>"#;
    Consent = r#"<path d="M6 3h9l4 4v14H6z"/><path d="M9.500 14l2 2 4-4.500M9.500 8.500H13"/>"#;
    Stamp = r#"<path d="M9.500 13.500c.5-2-1.500-3.500-1.500-6a4 4 0 0 1 8 0c0 2.500-2 4-1.500 6"/><path d="M5 13.500h14v3.500H5zM5 20.500h14"/>"#;
    Bars = r#"<path d="M4 20h16"/><path d="M7 20v-7M12 20V5M17 20v-10"/>"#;
    Desk = r#"<circle cx="12" cy="6.500" r="2.500"/><path d="M7.500 14a4.500 4.500 0 0 1 9 0M3 14h18M5.500 14v6M18.500 14v6"/>"#;
    Shield = r#"<path d="M12 3l7.500 2.800V11c0 4.800-3 8-7.500 10-4.500-2-7.500-5.200-7.500-10V5.800z"/><path d="M8.800 11.800l2.300 2.300 4.200-4.600"/>"#;
    People = r#"<circle cx="9" cy="8" r="3.500"/><path d="M2.500 20c0-3.600 2.900-6 6.500-6s6.500 2.400 6.500 6M16 4.900a3.500 3.500 0 0 1 0 6.200M18 14.500c2.200.8 3.500 2.800 3.500 5.500"/>"#;
    Card = r#"<rect x="3" y="5" width="18" height="14" rx="2"/><circle cx="8.500" cy="11" r="2"/><path d="M5.500 16c.4-1.500 1.600-2.300 3-2.300s2.600.8 3 2.300M14.500 10h4M14.500 14h3"/>"#;
    Hall = r#"<path d="M3 20h18M5 20V9l6-4v15M11 9h8v11M14.500 12.500h1.500M14.500 16h1.500M8 11v0M8 15v0"/>"#;
    Gear = r#"<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M18.400 5.600l-2.100 2.100M7.700 16.300l-2.100 2.100"/>"#;
    Menu = r#"<path d="M4 6.500h16M4 12h16M4 17.500h16"/>"#;
    Switch = r#"<path d="M8.500 9.500L12 6l3.500 3.500M8.500 14.500L12 18l3.500-3.500"/>"#;
    Tick = r#"<path d="M5 12.500l4.500 4.500L19 7.500"/>"#;
    Cross = r#"<path d="M6.500 6.500l11 11M17.500 6.500l-11 11"/>"#;
    Plus = r#"<path d="M12 5v14M5 12h14"/>"#;
    Done = r#"<circle cx="12" cy="12" r="9"/><path d="M8 12.300l2.800 2.800L16 9.500"/>"#;
    Information = r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.600v.1"/>"#;
    Question = r#"<circle cx="12" cy="12" r="9"/><path d="M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.7.300-1 .8-1 1.700M12 16.800v.1"/>"#;
    Warning = r#"<path d="M12 4L2.800 19.500h18.400z"/><path d="M12 10v4.500M12 17v.1"/>"#;
    Stop = r#"<path d="M8 3h8l5 5v8l-5 5H8l-5-5V8z"/><path d="M12 7.500v5.500M12 16.300v.1"/>"#;
    Half = r#"<circle cx="12" cy="12" r="8.500"/><path d="M12 6.500v11a5.500 5.500 0 0 0 0-11z" fill="currentColor" stroke="none"/>"#;
    Dashed = r#"<circle cx="12" cy="12" r="8.500" stroke-dasharray="2.700 2.640"/>"#;
    Back = r#"<path d="M9 7.500L4.500 12 9 16.500"/><path d="M4.500 12H14a5 5 0 0 1 5 5v1.500"/>"#;
    Pause = r#"<circle cx="12" cy="12" r="8.500"/><path d="M9.800 9v6M14.200 9v6"/>"#;
    Lock = r#"<rect x="5" y="10.500" width="14" height="9.500" rx="2"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.500"/>"#;
    Clock = r#"<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5.300l3.300 2"/>"#;
    Key = r#"<circle cx="8" cy="15.500" r="4"/><path d="M11 12.500L20 3.500M16.500 7l3 3M13.500 10l2 2"/>"#;
    Search = r#"<circle cx="11" cy="11" r="6.500"/><path d="M16 16l4.500 4.500"/>"#;
    Save = r#"<path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M4.500 20h15"/>"#;
    Print = r#"<path d="M7 9V4h10v5M7 17H4v-6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v6h-3"/><rect x="7" y="14" width="10" height="6"/>"#;
    Pencil = r#"<path d="M5 19l.8-3.800L16.500 4.500l3 3L8.800 18.200z"/>"#;
    Flask = r#"<path d="M9.500 3.500h5M10.500 3.500V10L5 19a1 1 0 0 0 .9 1.500h12.200A1 1 0 0 0 19 19l-5.500-9V3.500M8 15h8"/>"#;
    Leave = r#"<path d="M14 4.500h5.500V10M19 5l-8.500 8.500M17.500 14v5.500h-13v-13H10"/>"#;
    Left = r#"<path d="M15 5.500L8.500 12l6.500 6.500"/>"#;
    Right = r#"<path d="M9 5.500l6.500 6.500L9 18.500"/>"#;
    Book = r#"<path d="M4 5.500c3-1 5.500-.5 8 1.200 2.500-1.700 5-2.200 8-1.200v13c-3-1-5.500-.5-8 1.200-2.500-1.700-5-2.200-8-1.200zM12 6.700v13"/>"#;
    Coins = r#"<ellipse cx="12" cy="7" rx="7.500" ry="3"/><path d="M4.500 7v5c0 1.700 3.400 3 7.500 3s7.500-1.300 7.500-3V7M4.500 12v5c0 1.700 3.400 3 7.500 3s7.500-1.300 7.500-3v-5"/>"#;
    Calendar = r#"<rect x="4" y="5.500" width="16" height="14.500" rx="2"/><path d="M4 10h16M8.500 3v4M15.500 3v4"/>"#;
    Paper = r#"<path d="M6 3h12v18H6z"/><path d="M9 8h6M9 12h6M9 16h3.500"/>"#;
    Work = r#"<rect x="3.500" y="8" width="17" height="11.500" rx="2"/><path d="M9 8V5.500h6V8M3.500 13h17"/>"#;
    Mail = r#"<rect x="3.500" y="5.500" width="17" height="13" rx="2"/><path d="M4 7l8 6 8-6"/>"#;
    Chain = r#"<rect x="3" y="9" width="8" height="6" rx="3"/><rect x="13" y="9" width="8" height="6" rx="3"/><path d="M8.500 12h7"/>"#;
    Comment = r#"<path d="M4 5h16v11h-8l-4.500 4v-4H4z"/>"#;
    Pin = r#"<path d="M12 21c-4-4.300-6.500-7.300-6.500-11a6.500 6.500 0 0 1 13 0c0 3.700-2.500 6.700-6.500 11z"/><circle cx="12" cy="10" r="2.300"/>"#;
    Phone = r#"<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M11 17.800h2"/>"#;
    Copy = r#"<rect x="8.500" y="8.500" width="11" height="11" rx="2"/><path d="M15.500 5.500a1 1 0 0 0-1-1h-9a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1"/>"#;
}

/// A drawing of 20 px; `class` may be `icon--s` (16 px), `icon--success`, `icon--warning`, `icon--error`, `icon--info`.
#[component]
pub fn Icon(of: Drawing, #[prop(optional)] class: &'static str) -> impl IntoView {
    let class = if class.is_empty() { "icon".to_owned() } else { format!("icon {class}") };
    view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true" inner_html=of.paths()></svg> }
}

/// The product's mark: a key whose bow is a house.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg
            viewBox="0 0 32 32"
            aria-hidden="true"
            inner_html=r#"<rect width="32" height="32" rx="8" fill="var(--primary)"/><path fill="var(--on-primary)" fill-rule="evenodd" d="M16 3.6 25.2 11v7.2a1.6 1.6 0 0 1-1.6 1.6h-5.9v2.1h3.7v3h-3.7V26h3.7v3h-5.5a1.6 1.6 0 0 1-1.6-1.6v-7.6H8.400a1.6 1.6 0 0 1-1.6-1.6V11zM16 10.300a3 3 0 1 0 0 6 3 3 0 0 0 0-6z"/>"#
        ></svg>
    }
}
