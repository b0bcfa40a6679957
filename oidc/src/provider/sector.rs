//! Sector documents (OpenID Connect Core, section 8.1; Dynamic Client Registration 1.0, section 5): whoever serves one says with it
//! which redirect URIs are of the sector.

/// What a sector document lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectorDocument(Vec<String>);

impl SectorDocument {
    /// Reads a JSON array of texts; `None` for anything else.
    pub fn parse(document: &[u8]) -> Option<Self> {
        serde_json::from_slice(document).ok().map(Self)
    }

    /// Whether a redirect URI is listed, character by character.
    pub fn lists(&self, redirect_uri: &str) -> bool {
        self.0.iter().any(|listed| listed == redirect_uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_an_array_of_texts() {
        let read = SectorDocument::parse(br#" ["https://a.example/cb", "https://b.example/cb"] "#).unwrap();
        assert!(read.lists("https://a.example/cb") && read.lists("https://b.example/cb"));
        for other in ["https://a.example/cb/", "https://a.example", "HTTPS://a.example/cb", ""] {
            assert!(!read.lists(other), "{other}");
        }
        assert!(!SectorDocument::parse(b"[]").unwrap().lists(""));
        for broken in ["", "{}", "null", "\"https://a.example/cb\"", "[1]", "[[\"x\"]]", "[\"x\"", "[\"x\"] x"] {
            assert_eq!(SectorDocument::parse(broken.as_bytes()), None, "{broken}");
        }
    }
}
