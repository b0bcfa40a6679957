//! The program `machikagi`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::run()
}
