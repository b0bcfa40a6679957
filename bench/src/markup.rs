//! As much of HTML as a browser without eyes needs: tags with their attributes, and the forms that they make.

/// An opening tag, or the text that follows a tag.
#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Open { name: &'a str, attributes: &'a str },
    Close { name: &'a str },
    Text(&'a str),
}

/// Splits a document. Comments, declarations, scripts and styles are left out.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if let Some(after) = self.rest.strip_prefix("<!--") {
                self.rest = after.split_once("-->").map_or("", |(_, rest)| rest);
                continue;
            }
            let Some(tag) = self.rest.strip_prefix('<') else {
                if self.rest.is_empty() {
                    return None;
                }
                let (text, rest) = self.rest.split_at(self.rest.find('<').unwrap_or(self.rest.len()));
                self.rest = rest;
                return Some(Token::Text(text));
            };
            let (tag, rest) = split_tag(tag);
            self.rest = rest;
            if tag.starts_with(['!', '?']) {
                continue;
            }
            if let Some(name) = tag.strip_prefix('/') {
                return Some(Token::Close { name: name.trim() });
            }
            let (name, attributes) = tag.split_at(tag.find([' ', '\n', '\t', '/']).unwrap_or(tag.len()));
            if matches!(name, "script" | "style") {
                let end = format!("</{name}");
                self.rest = self.rest.find(&end).and_then(|at| self.rest.get(at..)).unwrap_or("");
                continue;
            }
            return Some(Token::Open { name, attributes });
        }
    }
}

/// The inside of a tag and what comes after it. A `>` within quotes does not end it.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), close) if open == close => quote = None,
            (None, '>') => {
                let (tag, rest) = text.split_at(at);
                return (tag, rest.strip_prefix('>').unwrap_or(rest));
            }
            _ => {}
        }
    }
    (text, "")
}

/// The value of an attribute; an attribute without a value has the empty one.
fn attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes.trim_start_matches([' ', '\n', '\t', '/']);
    while !rest.is_empty() {
        let (name, after) = rest.split_at(rest.find(['=', ' ', '\n', '\t', '/']).unwrap_or(rest.len()));
        let (value, after) = match after.strip_prefix('=') {
            None => ("", after),
            Some(quoted) => match quoted.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inside = quoted.strip_prefix(quote).unwrap_or(quoted);
                    inside.split_once(quote).unwrap_or((inside, ""))
                }
                _ => quoted.split_at(quoted.find([' ', '\n', '\t']).unwrap_or(quoted.len())),
            },
        };
        if name == wanted {
            return Some(unescape(value));
        }
        rest = after.trim_start_matches([' ', '\n', '\t', '/']);
    }
    None
}

fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
    let text = plain.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter));
    // Last: `&amp;lt;` is the text `&lt;`.
    text.replace("&amp;", "&")
}

/// A field that a form has, as far as a filler has to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// Under which its value is sent.
    pub(crate) name: String,
    /// `hidden`, `text`, `radio`, `submit` for a button, …
    pub(crate) kind: String,
    /// The value that the page gave it.
    pub(crate) value: String,
    /// What a browser's form filler would put in (`username`, `one-time-code`), or nothing.
    pub(crate) autocomplete: String,
}

/// A form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// Where it is sent; the page's own address if there is none.
    pub(crate) action: Option<String>,
    /// Whether it is posted.
    pub(crate) posts: bool,
    /// What it holds, in the order of the page.
    pub(crate) fields: Vec<Field>,
}

impl Form {
    /// The forms of a page.
    pub(crate) fn all(html: &str) -> Vec<Self> {
        let mut forms = Vec::new();
        let mut open: Option<Self> = None;
        for token in (Tokens { rest: html }) {
            match token {
                Token::Open { name: "form", attributes } => {
                    let posts =
                        attribute(attributes, "method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
                    let action = attribute(attributes, "action").filter(|action| !action.is_empty());
                    open = Some(Self { action, posts, fields: Vec::new() });
                }
                Token::Close { name: "form" } => forms.extend(open.take()),
                Token::Open { name: element @ ("input" | "button" | "select" | "textarea"), attributes } => {
                    if let Some(form) = &mut open {
                        form.fields.extend(field(element, attributes));
                    }
                }
                _ => {}
            }
        }
        forms
    }

    /// The field of a name.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The hidden fields and the given ones as a body: what a browser sends after somebody filled the form.
    pub(crate) fn filled(&self, typed: &[(&str, &str)]) -> String {
        let hidden = self.fields.iter().filter(|field| field.kind == "hidden");
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(hidden.map(|field| (&field.name, &field.value)));
        body.extend_pairs(typed);
        body.finish()
    }
}

fn field(element: &str, attributes: &str) -> Option<Field> {
    let of = |name| attribute(attributes, name).unwrap_or_default();
    let name = attribute(attributes, "name")?;
    let kind = match element {
        "button" => "submit".to_owned(),
        "input" => attribute(attributes, "type").unwrap_or_else(|| "text".to_owned()),
        other => other.to_owned(),
    };
    Some(Field { name, kind, value: of("value"), autocomplete: of("autocomplete") })
}

/// The address of the first person whose card the sandbox reader offers: a resident of the town that asked.
pub(crate) fn first_address(card_page: &str) -> Option<String> {
    let mut tokens = Tokens { rest: card_page };
    // A name has a class of its own; an address is Japanese text and nothing more.
    tokens.find(|token| match token {
        Token::Open { name: "span", attributes } => {
            attribute(attributes, "lang").is_some_and(|lang| lang == "ja") && attribute(attributes, "class").is_none()
        }
        _ => false,
    })?;
    tokens.find_map(|token| match token {
        Token::Text(text) => Some(unescape(text)),
        _ => None,
    })
}

/// The heading of a page, to name it in a report.
pub(crate) fn heading(html: &str) -> String {
    let mut tokens = Tokens { rest: html };
    let title = tokens.find(|token| matches!(token, Token::Open { name: "title", .. }));
    match title.and_then(|_| tokens.next()) {
        Some(Token::Text(text)) => unescape(text.trim()),
        _ => "a page without a title".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str = r#"<!DOCTYPE html><title>読み取り &amp; 試験</title><script>if (1<2) "<form>"</script>
        <!-- <form action="/no"> -->
        <form class="card-form" method="post" action="/sandbox-card/read?a=1&amp;b=2">
        <input type="hidden" name="attempt" value="a&quot;b>c"/><input type=hidden name='locale' value='ja'>
        <label><input type="radio" name="person" value="hanako" checked/>
        <span><span class="name" lang="ja">鍵山 花子</span><span class="text"><span lang="ja">福島県大沼郡昭和村大字架空1番地</span><br/>x</span></span></label>
        <input id="pin" name="pin" type="password" autocomplete="off"><select name="gender"><option value="2"></select>
        <button type="submit" name="action" value="read">読む</button></form><form method="get"></form>"#;

    #[test]
    fn a_form_is_read_as_a_browser_reads_it() {
        let forms = Form::all(CARD);
        assert_eq!(forms.len(), 2);
        let card = &forms[0];
        assert_eq!(card.action.as_deref(), Some("/sandbox-card/read?a=1&b=2"));
        assert!(card.posts && !forms[1].posts);
        assert_eq!(card.field("attempt").unwrap().value, "a\"b>c");
        assert_eq!(card.field("pin").unwrap().kind, "password");
        assert_eq!(card.field("action").unwrap().kind, "submit");
        assert_eq!(card.field("gender").unwrap().kind, "select");
    }

    #[test]
    fn what_is_sent_are_the_hidden_fields_and_what_was_typed() {
        let body = Form::all(CARD)[0].filled(&[("person", "typed"), ("name", "鍵 太郎")]);
        assert_eq!(body, "attempt=a%22b%3Ec&locale=ja&person=typed&name=%E9%8D%B5+%E5%A4%AA%E9%83%8E");
    }

    #[test]
    fn the_address_is_the_first_resident_s_and_not_the_name() {
        assert_eq!(first_address(CARD).as_deref(), Some("福島県大沼郡昭和村大字架空1番地"));
        assert_eq!(first_address("<p>nobody</p>"), None);
    }

    #[test]
    fn a_page_is_named_by_its_title() {
        assert_eq!(heading(CARD), "読み取り & 試験");
        assert_eq!(heading("<p>"), "a page without a title");
    }

    #[test]
    fn broken_markup_ends() {
        for broken in ["<", "<form", "<!--", "<script>", "<a b=\"", "<input name=>", "text", "<form><input name='x"] {
            assert!(Form::all(broken).len() <= 1, "{broken}");
        }
    }
}
