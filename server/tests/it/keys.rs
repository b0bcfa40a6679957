//! The commands about keys, as an operator gives them, and a server that is started with the wrong ones.

use std::fs::{Permissions, write};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::municipality::MunicipalityCode;
use service::provisioning::{NewTenant, TenantMode};

use crate::harness::{MASTER_KEY, on_sqlite};

const NEW: [u8; 32] = [43; 32];

/// The program on files of its own.
fn machikagi(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_machikagi"));
    command.arg("--config").arg(directory.join("machikagi.toml")).args(arguments);
    command.env_remove("DATABASE_URL").env_remove("DATABASE_OWNER_URL");
    command
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// Which keys the configuration names.
fn configure(directory: &Path, current: &str, others: &[&str]) {
    let at = directory.display();
    let others: Vec<String> = others.iter().map(|name| format!("\"{at}/{name}\"")).collect();
    let settings = format!(
        "public_base_url = \"http://localhost:3000\"\nlisten = \"127.0.0.1:0\"\nmaster_key_file = \"{at}/{current}\"\n\
         other_master_key_files = [{}]\n[database]\nurl = \"sqlite://{at}/test.sqlite\"\n[metrics]\n\
         listen = \"127.0.0.1:0\"\n",
        others.join(", ")
    );
    write(directory.join("machikagi.toml"), settings).unwrap();
}

// conforms: Our own
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_the_master_key_survives_kills_and_is_not_forgotten() {
    on_sqlite(async |world| {
        // Enough towns that the program is killed in the middle.
        let codes = ["074462", "212075", "085421", "212059", "454061"];
        for number in 0..40 {
            let code: MunicipalityCode = codes[number % codes.len()].parse().unwrap();
            let slug = format!("town-{number}").parse().unwrap();
            let new = NewTenant::with_defaults(slug, code, TenantMode::Sandbox).unwrap();
            world.service.create_tenant(&new).await.unwrap();
        }
        let town = world.town("showa").await;
        assert!(world.service.adopt_master_key().await.unwrap().is_empty());
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in world.places(town.organisation).await {
            write(directory.path().join(name), bytes).unwrap();
        }
        for (name, key) in [("old.key", MASTER_KEY), ("new.key", NEW)] {
            let file = directory.path().join(name);
            write(&file, STANDARD.encode(key)).unwrap();
            std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        }

        // The new key alone: nothing starts, and a sentence says what to do.
        configure(directory.path(), "new.key", &[]);
        let refused = machikagi(directory.path(), &["serve"]).output().unwrap();
        assert!(!refused.status.success());
        assert!(told(&refused).contains("other_master_key_files"), "{}", told(&refused));

        // Both: killed after its first, third and fifth sentence.
        configure(directory.path(), "new.key", &["old.key"]);
        for sentences in [2, 3, 5] {
            let mut process = machikagi(directory.path(), &["keys", "reseal"]).stdout(Stdio::piped()).spawn().unwrap();
            let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
            for _ in 0..sentences {
                let line = lines.next().unwrap().unwrap();
                assert!(line.ends_with(" left") && !line.ends_with(" 0 left"), "{line}");
            }
            process.kill().unwrap();
            process.wait().unwrap();
        }
        configure(directory.path(), "new.key", &[]);
        let refused = machikagi(directory.path(), &["audit", "verify", "--tenant", "showa"]).output().unwrap();
        assert!(told(&refused).contains("other_master_key_files"), "{}", told(&refused));

        configure(directory.path(), "new.key", &["old.key"]);
        let done = machikagi(directory.path(), &["keys", "reseal"]).output().unwrap();
        assert!(done.status.success() && told(&done).contains(" 0 left"), "{}", told(&done));

        // The new key alone now does; the old one alone no more.
        configure(directory.path(), "new.key", &[]);
        for slug in ["showa", "town-0", "town-39"] {
            let whole = machikagi(directory.path(), &["audit", "verify", "--tenant", slug]).output().unwrap();
            assert!(whole.status.success(), "{}", told(&whole));
        }
        let rotated = machikagi(directory.path(), &["keys", "rotate", "--tenant", "showa"]).output().unwrap();
        assert!(
            rotated.status.success() && told(&rotated).contains("is published, and signs from"),
            "{}",
            told(&rotated)
        );
        let replaced =
            machikagi(directory.path(), &["keys", "rotate", "--tenant", "showa", "--emergency"]).output().unwrap();
        assert!(told(&replaced).contains("2 old keys were removed from the JWKS and destroyed"), "{}", told(&replaced));
        configure(directory.path(), "old.key", &[]);
        let refused = machikagi(directory.path(), &["serve"]).output().unwrap();
        assert!(!refused.status.success() && told(&refused).contains("other_master_key_files"), "{}", told(&refused));
    })
    .await;
}
