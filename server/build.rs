//! Puts the stylesheets together: each list in `style/*.bundle` becomes one sheet, without comments and needless spaces,
//! under an address that holds a hash of its content.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let style = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../style");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut constants = String::new();
    for bundle in ["console", "resident", "sandbox"] {
        let mut sheet = String::new();
        for file in fs::read_to_string(style.join(format!("{bundle}.bundle")))?.lines().filter(|line| !line.is_empty())
        {
            sheet
                .push_str(&compact(&fs::read_to_string(style.join(file)).map_err(|error| format!("{file}: {error}"))?));
        }
        write(&mut constants, &out, bundle, "css", "text/css; charset=utf-8", &sheet)?;
    }
    let favicon = fs::read_to_string(style.join("public/favicon.svg"))?;
    write(&mut constants, &out, "favicon", "svg", "image/svg+xml", &favicon)?;
    let passkey = fs::read_to_string(style.join("public/passkey.js"))?;
    write(&mut constants, &out, "passkey", "js", "text/javascript; charset=utf-8", &passkey)?;
    fs::write(out.join("sheets.rs"), constants)?;
    println!("cargo::rerun-if-changed={}", style.display());
    Ok(())
}

fn write(
    constants: &mut String,
    out: &Path,
    name: &str,
    extension: &str,
    media_type: &str,
    content: &str,
) -> Result<(), Box<dyn Error>> {
    let mut hasher = DefaultHasher::new();
    hasher.write(content.as_bytes());
    let hash = hasher.finish();
    let file = out.join(format!("{name}.{extension}"));
    fs::write(&file, content)?;
    writeln!(
        constants,
        "pub(crate) const {}: Asset = Asset {{ path: \"/assets/{name}.{hash:016x}.{extension}\", media_type: {media_type:?}, \
         content: include_str!({:?}) }};",
        name.to_uppercase(),
        file.display().to_string()
    )?;
    Ok(())
}

/// Leaves out comments, runs of spaces, and spaces where CSS needs none. Strings stay as they are.
fn compact(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut chars = css.chars().peekable();
    let mut quote = None;
    while let Some(c) = chars.next() {
        if let Some(end) = quote {
            out.push(c);
            if c == '\\' {
                out.extend(chars.next());
            } else if c == end {
                quote = None;
            }
            continue;
        }
        match c {
            '"' | '\'' => {
                quote = Some(c);
                out.push(c);
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut last = ' ';
                for inner in chars.by_ref() {
                    if last == '*' && inner == '/' {
                        break;
                    }
                    last = inner;
                }
            }
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with([' ', '{', '}', ';', ',']) {
                    out.push(' ');
                }
            }
            '{' | '}' | ';' | ',' => {
                while out.ends_with(' ') {
                    out.pop();
                }
                if c == '}' && out.ends_with(';') {
                    out.pop();
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
