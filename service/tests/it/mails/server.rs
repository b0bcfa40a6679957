//! A mail server of a few lines (RFC 5321), with moods.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes every mail.
    Fine,
    /// Hangs up at once.
    HangsUp,
    /// Says nothing at all.
    Silent,
    /// Knows no such mailbox.
    NoSuchMailbox,
    /// Is full for the moment.
    Full,
    /// Takes a mail and hangs up before it says so.
    ForgetsToSaySo,
}

pub(crate) struct MailServer {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    mood: Mood,
    moods_of: HashMap<String, Mood>,
    conversations: u32,
    mails: Vec<Mail>,
}

/// What came in one conversation.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) data: String,
}

impl MailServer {
    pub(crate) async fn start(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State { mood: Mood::Fine, moods_of: HashMap::new(), conversations: 0, mails: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (state, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => converse(stream, &state).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                converse(stream, &state).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, state }
    }

    pub(crate) fn behaves(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// Towards one mailbox.
    pub(crate) fn behaves_to(&self, mailbox: &str, mood: Mood) {
        self.state.lock().unwrap().moods_of.insert(mailbox.to_owned(), mood);
    }

    pub(crate) fn conversations(&self) -> u32 {
        self.state.lock().unwrap().conversations
    }

    /// What came since the last time.
    pub(crate) fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut self.state.lock().unwrap().mails)
    }

    /// To whom mails came since the last time.
    pub(crate) fn take_recipients(&self) -> Vec<String> {
        self.take().into_iter().map(|mail| mail.to).collect()
    }
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, state: &Mutex<State>) {
    let mood = {
        let mut state = state.lock().unwrap();
        state.conversations += 1;
        state.mood
    };
    match mood {
        Mood::HangsUp => return,
        Mood::Silent => std::future::pending().await,
        _ => {}
    }
    let mut stream = BufReader::new(stream);
    let _ = stream.write_all(b"220 mail.example.jp\r\n").await;
    let mut mail = Mail { from: String::new(), to: String::new(), data: String::new() };
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let said = line.trim_end();
        let in_brackets = || said.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        let answer = match said.split([' ', ':']).next().unwrap().to_uppercase().as_str() {
            "EHLO" => "250-mail.example.jp\r\n250 8BITMIME",
            "MAIL" => {
                mail.from = in_brackets();
                "250 ok"
            }
            "RCPT" => {
                mail.to = in_brackets();
                let state = state.lock().unwrap();
                match state.moods_of.get(&mail.to).copied().unwrap_or(state.mood) {
                    Mood::NoSuchMailbox => "550 no such mailbox",
                    Mood::Full => "452 full",
                    _ => "250 ok",
                }
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                mail.data.clear();
                loop {
                    line.clear();
                    stream.read_line(&mut line).await.unwrap();
                    if line == ".\r\n" {
                        break;
                    }
                    mail.data.push_str(&line);
                }
                let forgets = {
                    let mut state = state.lock().unwrap();
                    state.mails.push(mail.clone());
                    state.mood == Mood::ForgetsToSaySo
                };
                if forgets {
                    return;
                }
                "250 taken"
            }
            "QUIT" => {
                let _ = stream.write_all(b"221 bye\r\n").await;
                return;
            }
            _ => "250 ok",
        };
        if stream.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
            return;
        }
    }
}
