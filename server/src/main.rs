//! The program `machikagi`.

use std::process::ExitCode;

// A sign-in is a few hundred short-lived strings on several threads: the C library's allocator took a tenth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::run()
}
