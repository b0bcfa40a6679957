//! `machikagi address …`: the resolver at the terminal. It keeps nothing, and reads configuration and database only to find
//! published rules that name what is gone.

mod answer_line;
mod changes;

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use domain::residency::{Address, Resolver};
use zeroize::Zeroizing;

use self::answer_line::{Format, write_answer, write_head};
use crate::Failure;
use crate::configuration::Configuration;

/// More bytes than 1,000 characters can have: what is longer is refused anyway.
const LONGEST_LINE: usize = 8_000;

/// So often the person at the terminal is told how far it is.
const PROGRESS_EVERY: u64 = 20_000;

/// Addresses and the table of towns.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Tell where addresses lie, one a line; nothing of them is kept
    Resolve(Resolve),
    /// Tell what changed since an older table, and which rules name what is gone
    Changes(changes::Arguments),
}

/// Tell where addresses lie: one address a line, one answer a line in the same order.
///
/// An answer names places of the table only. `code` is the ward's where there is one, `city_code` the city's; `level` is the
/// finest level that is known; candidates are codes with names. Lines over 1,000 characters are unknown, decided by too_long.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  machikagi address resolve addresses.txt > answers.jsonl\n  echo 福島県大沼郡昭和村大字下中津川字中島652番地 | machikagi address resolve --format text"
)]
pub(crate) struct Resolve {
    /// How answers are written
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Format,
    /// The addresses, in UTF-8; standard input without it or with -
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Command {
    /// It needs the configuration, for the database.
    pub(crate) fn reads_database(&self) -> bool {
        matches!(self, Command::Changes(arguments) if arguments.published)
    }
}

pub(crate) async fn run(command: &Command, configuration: Option<&Configuration>) -> Result<(), Failure> {
    match command {
        Command::Resolve(resolve) => {
            let out = BufWriter::new(io::stdout().lock());
            let watched = io::stderr().is_terminal();
            match resolve.file.as_deref().filter(|file| *file != Path::new("-")) {
                Some(path) => {
                    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
                    resolve_lines(BufReader::new(file), out, resolve.format, watched)
                }
                None => resolve_lines(io::stdin().lock(), out, resolve.format, watched),
            }
        }
        Command::Changes(arguments) => changes::run(arguments, configuration).await,
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::Environment(format!("{} cannot be read: {error}", path.display()))
}

fn resolve_lines(input: impl BufRead, out: impl Write, format: Format, watched: bool) -> Result<(), Failure> {
    match answer_lines(input, out, format, watched) {
        // Whoever reads the answers has enough of them, such as `head`.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(|error| Failure::Environment(format!("addresses or answers stopped: {error}"))),
    }
}

fn answer_lines(mut input: impl BufRead, mut out: impl Write, format: Format, watched: bool) -> io::Result<()> {
    let resolver = Resolver::japan();
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
    let mut done: u64 = 0;
    write_head(&mut out, format)?;
    while read_line(&mut input, &mut line)? {
        let text = line.strip_suffix(b"\r").unwrap_or(&line);
        // What is no UTF-8 is a damaged character, and may be any.
        let address = Address::new(String::from_utf8_lossy(text).into_owned());
        write_answer(&mut out, format, &address, &resolver.read(&address))?;
        done += 1;
        if watched && done.is_multiple_of(PROGRESS_EVERY) {
            write!(io::stderr(), "\r{done} addresses")?;
        }
    }
    if watched && done >= PROGRESS_EVERY {
        writeln!(io::stderr(), "\r{done} addresses")?;
    }
    out.flush()
}

/// Reads one line without its end, and no more of it than could be an address.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(any);
        }
        any = true;
        let ends = buffer.iter().position(|byte| *byte == b'\n');
        let part = buffer.get(..ends.unwrap_or(buffer.len())).unwrap_or_default();
        let room = LONGEST_LINE.saturating_sub(line.len()).min(part.len());
        line.extend_from_slice(part.get(..room).unwrap_or_default());
        let used = part.len() + usize::from(ends.is_some());
        input.consume(used);
        if ends.is_some() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(input: &[u8], format: Format) -> String {
        let mut out = Vec::new();
        answer_lines(input, &mut out, format, false).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_answer_a_line_in_the_same_order() {
        let input = "福島県大沼郡昭和村大字下中津川字中島652番地\r\n昭和村\n北海道札幌市中央区北1条西2丁目\n\n福島県\n静岡県浜松市北区1\n国外転出";
        let empty = r#""code":null,"city_code":null"#;
        let unnamed = r#""municipality":null,"town":null,"candidates":"#;
        let expected = [
            r#"{"outcome":"resolved","level":"town","code":"074462","city_code":"074462","prefecture":"福島県","municipality":"昭和村","town":"下中津川","candidates":[],"decided_by":"prefecture"}"#.to_owned(),
            format!(r#"{{"outcome":"ambiguous","level":null,{empty},"prefecture":null,{unnamed}["074462 福島県大沼郡昭和村","104485 群馬県利根郡昭和村"],"decided_by":null}}"#),
            r#"{"outcome":"resolved","level":"town","code":"011011","city_code":"011002","prefecture":"北海道","municipality":"札幌市中央区","town":"北一条西","candidates":[],"decided_by":"municipality"}"#.to_owned(),
            format!(r#"{{"outcome":"unknown","level":null,{empty},"prefecture":null,{unnamed}[],"decided_by":null}}"#),
            format!(r#"{{"outcome":"unknown","level":"prefecture",{empty},"prefecture":"福島県",{unnamed}[],"decided_by":null}}"#),
            r#"{"outcome":"resolved","level":"municipality","code":"221309","city_code":"221309","prefecture":"静岡県","municipality":"浜松市","town":null,"candidates":["221384 静岡県浜松市中央区","221392 静岡県浜松市浜名区"],"decided_by":"municipality"}"#.to_owned(),
            format!(r#"{{"outcome":"unknown","level":null,{empty},"prefecture":null,{unnamed}[],"decided_by":"moved_abroad"}}"#),
        ];
        let told = answers(input.as_bytes(), Format::Jsonl);
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_other_formats_tell_the_same() {
        let input = "福島県大沼郡昭和村大字下中津川字中島652番地\n昭和村\n福島県\n".as_bytes();
        let told = answers(input, Format::Csv);
        let expected = [
            "outcome,level,code,city_code,prefecture,municipality,town,candidates,decided_by",
            "resolved,town,074462,074462,福島県,昭和村,下中津川,,prefecture",
            "ambiguous,,,,,,,074462 福島県大沼郡昭和村;104485 群馬県利根郡昭和村,",
            "unknown,prefecture,,,福島県,,,,",
        ];
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
        let told = answers(input, Format::Text);
        let expected = [
            "074462 福島県 昭和村 下中津川 (prefecture)",
            "ambiguous, one of: 074462 福島県大沼郡昭和村, 104485 群馬県利根郡昭和村",
            "unknown 福島県",
        ];
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn long_and_broken_lines_are_lines_too() {
        let mut input = "あ".repeat(100_000).into_bytes();
        input.extend_from_slice("\n福島県大沼郡昭".as_bytes());
        input.extend_from_slice(b"\xFF\xE6");
        input.extend_from_slice("村下中津川\n".as_bytes());
        let answers = answers(&input, Format::Text);
        let lines: Vec<&str> = answers.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], "unknown (too_long)");
    }

    #[test]
    fn no_line_is_no_answer() {
        assert_eq!(answers(b"", Format::Jsonl), "");
    }
}
