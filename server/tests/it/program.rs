//! The program, as it is installed, on files of its own.

use std::fs::{File, Permissions, write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::browser::Browser;

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The program with settings in a directory, to be told what to do.
pub(crate) fn command(directory: &Path, settings: &str) -> Command {
    let at = directory.display();
    let settings = format!(
        "master_key_file = \"{at}/master.key\"\nmetrics.listen = \"127.0.0.1:0\"\ndevelopment.allow_loopback = true\n{settings}"
    );
    let key = directory.join("master.key");
    write(&key, STANDARD.encode([42; 32])).unwrap();
    std::fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    let file = directory.join("machikagi.toml");
    write(&file, settings).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_machikagi"));
    command.arg("--config").arg(&file);
    for name in ["DATABASE_URL", "DATABASE_OWNER_URL", "LEPTOS_OUTPUT_NAME"] {
        command.env_remove(name);
    }
    command
}

/// A running server. It goes with the test.
pub(crate) struct Program {
    process: Child,
    pub(crate) port: u16,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Program {
    /// Starts it in a directory, with further settings as dotted keys (`limits.address = 1`).
    pub(crate) async fn start(directory: &Path, log: &str, settings: &str) -> Program {
        let (port, at) = (free_port(), directory.display());
        let where_it_is =
            format!("public_base_url = \"http://localhost:{port}\"\ndatabase.url = \"sqlite://{at}/test.sqlite\"\n");
        Self::start_at(port, directory, log, &format!("{where_it_is}{settings}")).await
    }

    /// Starts one of several on a database, behind one address, which is that of the towns of the tests.
    pub(crate) async fn start_on(database: &str, directory: &Path, log: &str, settings: &str) -> Program {
        let where_it_is = format!("public_base_url = \"http://localhost:3000\"\ndatabase.url = \"{database}\"\n");
        Self::start_at(free_port(), directory, log, &format!("{where_it_is}{settings}")).await
    }

    async fn start_at(port: u16, directory: &Path, log: &str, settings: &str) -> Program {
        let process = command(directory, &format!("listen = \"127.0.0.1:{port}\"\n{settings}"))
            .arg("serve")
            .stdout(File::create(directory.join(log)).unwrap())
            .spawn()
            .unwrap();
        let server = Program { process, port };
        for _ in 0..100 {
            if Browser::at_server(port).get("/readyz").await.is_ok_and(|answer| answer.status == StatusCode::OK) {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("it does not start: {}", std::fs::read_to_string(directory.join(log)).unwrap());
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}
