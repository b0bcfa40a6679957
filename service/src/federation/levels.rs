//! What a level of assurance is worth today. A session, and what a resident's passkeys rest on, name the connection that attested the
//! level and its word for it; what that word stands for is looked up each time, in the settings that are read anyway. So a town that
//! lowers a level is not told the old one by a session from before, and a level is never raised after the fact.

use aws_lc_rs::digest;
use domain::assurance::{Aal, Assurance, Ial, Method};
use domain::ids::IdentityProviderId;

use super::flow::Carded;
use super::provider_settings::ProviderLevel;
use super::published::Published;

/// Who attested a level, and in which word.
#[derive(Clone)]
pub(super) struct AttestedBy {
    pub(super) provider: IdentityProviderId,
    /// Unknown of rows from before it was noted, and of a card whose level the connection attested no more when it was written down:
    /// what nobody can say is worth nothing.
    pub(super) word: Option<String>,
}

/// What somebody is taken for of whom a connection attests nothing any more.
const LOWEST: Assurance = Assurance { ial: Ial::ONE, aal: Aal::ONE };

impl Published {
    /// The level of a sign-in, at most what the connection says today of the word by which it was attested. What a passkey proves
    /// by itself no connection attests: there it is the level of identity alone. A connection that was stopped says what it said last.
    pub(super) fn todays(&self, reached: Assurance, method: Method, by: Option<&AttestedBy>) -> Assurance {
        let Some(by) = by else { return reached };
        capped(reached, method, worth(self.levels_of(by.provider), by.word.as_deref()))
    }

    /// What a connection attests, or attested when it was stopped.
    fn levels_of(&self, id: IdentityProviderId) -> &[ProviderLevel] {
        let provider = self.providers.iter().chain(&self.stopped).find(|provider| provider.id == id);
        provider.map(|provider| provider.settings.levels.as_slice()).unwrap_or_default()
    }

    /// Who attested the level of a card that was read, be the connection stopped meanwhile.
    pub(super) fn attested_by(&self, carded: &Carded) -> AttestedBy {
        let level = self.levels_of(carded.provider).get(usize::from(carded.level));
        AttestedBy { provider: carded.provider, word: level.map(|level| level.acr.clone()) }
    }

    /// What the outcomes of a card rest on: the rules in their versions, and what the connection attests. Where it is another one than
    /// when the card was read, the card is asked again.
    pub(super) fn basis(&self, provider: IdentityProviderId) -> [u8; 8] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&self.rules_mark);
        if let Some(provider) = self.provider(provider) {
            context.update(provider.id.uuid().as_bytes());
            if let Some(claim) = &provider.settings.level_claim {
                context.update(claim.as_bytes());
            }
            for ProviderLevel { acr, assurance, method } in &provider.settings.levels {
                context.update(&acr.len().to_be_bytes());
                context.update(acr.as_bytes());
                context.update(&[assurance.ial.number(), assurance.aal.number()]);
                context.update(method.as_str().as_bytes());
            }
        }
        context.finish().as_ref().first_chunk().copied().unwrap_or_default()
    }
}

/// What a word stands for; without one, nothing.
fn worth(levels: &[ProviderLevel], word: Option<&str>) -> Assurance {
    let fitting = levels.iter().filter(|level| word == Some(&level.acr)).map(|level| level.assurance);
    fitting.fold(LOWEST, |best, level| Assurance { ial: best.ial.max(level.ial), aal: best.aal.max(level.aal) })
}

fn capped(reached: Assurance, method: Method, today: Assurance) -> Assurance {
    let aal = if method.is_passkey() { reached.aal } else { reached.aal.min(today.aal) };
    Assurance { ial: reached.ial.min(today.ial), aal }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_worth_what_its_word_stands_for_today() {
        let level = |acr: &str, ial, aal| ProviderLevel {
            acr: acr.to_owned(),
            assurance: Assurance { ial, aal },
            method: Method::Card,
        };
        let levels = [level("high", Ial::THREE, Aal::TWO), level("", Ial::TWO, Aal::THREE)];
        for (word, ial, aal) in [
            (Some("high"), Ial::THREE, Aal::TWO),
            (Some(""), Ial::TWO, Aal::THREE),
            (Some("gone"), Ial::ONE, Aal::ONE),
            (None, Ial::ONE, Aal::ONE),
        ] {
            let today = worth(&levels, word);
            assert_eq!(capped(Assurance::CARD, Method::Card, today), Assurance { ial, aal }, "{word:?}");
            let passkey = Assurance::passkey(Ial::THREE);
            assert_eq!(capped(passkey, Method::DevicePasskey, today), Assurance::passkey(ial), "{word:?}");
            assert_eq!(capped(LOWEST, Method::Card, today), LOWEST, "a level is not raised afterwards");
        }
    }
}
