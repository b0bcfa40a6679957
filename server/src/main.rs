//! The program `machikagi`.

use std::process::ExitCode;

/// A page is thousands of small pieces of text: the system's allocator takes a fifth of a sign-in's time
/// (docs/decisions/0012-allocator.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::run()
}
