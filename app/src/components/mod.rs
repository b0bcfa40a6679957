//! Parts that pages are made of, one component per file, with the names and classes of `style/components/`.

pub mod copy_button;

macro_rules! server_parts {
    ($($name:ident)+) => {$(
        #[cfg(feature = "ssr")]
        pub(crate) mod $name;
    )+};
}

server_parts! {
    badge banner breadcrumb button code_block empty_state error_summary facts field form frame icon list pagination panel
    side_nav table tabs timeline
}
