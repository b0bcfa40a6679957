//! Parts that pages are made of, one component per file, with the names and classes of `style/components/`.
#![expect(
    missing_docs,
    reason = "a component's properties are its parameters: where the name does not say it, a comment does"
)]

pub mod copy_button;

macro_rules! server_parts {
    ($($name:ident)+) => {$(
        #[cfg(feature = "ssr")]
        pub mod $name;
    )+};
}

server_parts! {
    badge banner breadcrumb button chart code_block empty_state error_summary facts field file_field form frame icon list pagination panel
    side_nav table tabs timeline
}
