//! The size of what a browser downloads: WASM and its glue, as brotli at its highest quality makes them.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use brotli::CompressorWriter;
use serde::Serialize;

use crate::Failure;

/// The highest, as for files that are compressed once and served often.
const QUALITY: u32 = 11;
/// Window of 4 MiB, which every browser takes.
const WINDOW: u32 = 22;

/// A file of the site.
#[derive(Debug, Serialize)]
pub(crate) struct Size {
    file: String,
    bytes: usize,
    brotli_bytes: usize,
}

/// The sizes of all `.wasm` and `.js` files of a directory, by name.
///
/// # Errors
/// If it is not readable, or there is no WASM in it.
pub(crate) fn sizes(directory: &Path) -> Result<Vec<Size>, Failure> {
    let unreadable =
        |_| Failure::new(format!("{} is not readable; `cargo leptos build --release` makes it", directory.display()));
    let entries = fs::read_dir(directory).map_err(unreadable)?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| is_code(path)).collect();
    files.sort();
    if !files.iter().any(|file| file.extension().is_some_and(|extension| extension == "wasm")) {
        return Err(Failure::new(format!("there is no WASM in {}", directory.display())));
    }
    let size = |file: &PathBuf| {
        let content = fs::read(file).map_err(unreadable)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Size { file: name, bytes: content.len(), brotli_bytes: compressed(&content).map_err(unreadable)? })
    };
    files.iter().map(size).collect()
}

fn is_code(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "wasm" || extension == "js")
}

fn compressed(content: &[u8]) -> io::Result<usize> {
    let mut writer = CompressorWriter::new(Vec::new(), 1 << 16, QUALITY, WINDOW);
    writer.write_all(content)?;
    Ok(writer.into_inner().len())
}

impl fmt::Display for Size {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "files are smaller than 2^52 bytes")]
        let kib = |bytes: usize| bytes as f64 / 1_024.0;
        write!(out, "{:>9.1} KiB, brotli {:>8.1} KiB  {}", kib(self.bytes), kib(self.brotli_bytes), self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_weighed_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        assert!(sizes(directory.path()).is_err());
        fs::write(directory.path().join("b.wasm"), vec![7; 10_000]).unwrap();
        fs::write(directory.path().join("a.js"), "let a = 1;").unwrap();
        fs::write(directory.path().join("c.css"), "a{}").unwrap();
        let sizes = sizes(directory.path()).unwrap();
        let names: Vec<&str> = sizes.iter().map(|size| size.file.as_str()).collect();
        assert_eq!(names, ["a.js", "b.wasm"]);
        assert!(sizes[1].bytes == 10_000 && sizes[1].brotli_bytes < 100);
    }
}
