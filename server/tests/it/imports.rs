//! What an operator's script sees who takes clients in from a file.

use std::fs::write;
use std::process::Output;

use serde_json::{Value, json};

use crate::harness::on_sqlite;
use crate::program::command;

// conforms: Our own
#[tokio::test]
async fn the_program_takes_a_file_of_clients_in_whole_or_not_at_all() {
    on_sqlite(async |world| {
        let gateway = world.gateway("showa").await;
        gateway.open_town_page().await;
        // The program gets a copy: the world holds its files open.
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in world.places(gateway.town.organisation).await {
            write(directory.path().join(name), bytes).unwrap();
        }
        let import = |clients: &[&Value]| -> Output {
            let file = directory.path().join("clients.json");
            write(&file, json!(clients).to_string()).unwrap();
            let settings = format!("database.url = \"sqlite://{}/test.sqlite\"\n", directory.path().display());
            let mut command = command(directory.path(), &settings);
            command.args(["relying-party", "import"]).arg(&file).args(["--tenant", "showa"]).output().unwrap()
        };
        let client = |id: &str, uri: &str| json!({"client_id": id, "redirect_uris": [uri]});
        let (one, other) = (client("one", "https://one.example/cb"), client("other", "https://other.example/cb"));
        let refused = import(&[&one, &client("wrong", "http://wrong.example/cb"), &other]);
        assert_eq!(refused.status.code(), Some(1));
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains("client 2 of the file") && said.contains("redirect_uris"), "{said}");
        assert!(refused.stdout.is_empty(), "{}", String::from_utf8_lossy(&refused.stdout));

        // Nothing was kept, so the ids are free; and whoever takes them in is shown both secrets.
        let taken = import(&[&one, &other]);
        assert_eq!(taken.status.code(), Some(0), "{}", String::from_utf8_lossy(&taken.stderr));
        let registered: Vec<Value> = serde_json::from_slice(&taken.stdout).unwrap();
        let ids: Vec<_> = registered.iter().map(|client| &client["client_id"]).collect();
        assert_eq!(ids, ["one", "other"]);
        assert!(
            registered.iter().all(|client| client["client_secret"].as_str().is_some_and(|secret| secret.len() > 40))
        );

        let twice = import(&[&client("third", "https://third.example/cb"), &one]);
        let said = String::from_utf8(twice.stderr).unwrap();
        assert!(twice.status.code() == Some(1) && said.contains("client 2") && said.contains("client_id"), "{said}");
        assert!(import(&[&client("third", "https://third.example/cb")]).status.success());
    })
    .await;
}
