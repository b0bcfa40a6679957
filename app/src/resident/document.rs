//! The document around a page without scripts: residents' pages and those of the sandbox card reader. Small on purpose: a
//! page and its stylesheets together stay under 30 KB.

use domain::locale::Locale;
use leptos::prelude::*;

use crate::render::escape_text;

/// Addresses of the files that such a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheets {
    /// The product's stylesheet for this kind of page.
    pub css: String,
    /// The drawing in the browser's tab.
    pub favicon: String,
}

/// A whole document, before it is written.
pub(crate) struct Document<'a> {
    pub(crate) locale: Locale,
    pub(crate) title: &'a str,
    pub(crate) body_class: &'static str,
    pub(crate) sheets: &'a Sheets,
    /// The municipality's two colours.
    pub(crate) theme: Option<String>,
}

impl Document<'_> {
    /// Writes the document. Everything in it is escaped by the views, also the title, which is an ordinary element here.
    pub(crate) fn html(&self, body: AnyView) -> String {
        let head = view! {
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title inner_html=escape_text(self.title)></title>
            <link rel="icon" type="image/svg+xml" href=self.sheets.favicon.clone()/>
            <link rel="stylesheet" href=self.sheets.css.clone()/>
            {self.theme.clone().map(|theme| view! { <link rel="stylesheet" href=theme/> })}
        };
        let (head, body) = (head.to_html(), body.to_html());
        let mut html = String::with_capacity(head.len() + body.len() + 120);
        html.push_str("<!doctype html><html lang=\"");
        html.push_str(self.locale.as_str());
        html.push_str("\"><head>");
        html.push_str(&head);
        html.push_str("</head><body class=\"");
        html.push_str(self.body_class);
        html.push_str("\">");
        html.push_str(&body);
        html.push_str("</body></html>");
        html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_escaped() {
        let sheets = Sheets { css: "/r.css".to_owned(), favicon: "/f.svg".to_owned() };
        let document = Document {
            locale: Locale::En,
            title: "</title><script>alert(1)</script>",
            body_class: "r-page",
            sheets: &sheets,
            theme: None,
        };
        let html = document.html(view! { <p>"x"</p> }.into_any());
        assert!(!html.contains("<script"), "{html}");
        assert!(html.contains("<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>"), "{html}");
    }
}
