//! Changing the keys of ours that providers know. A next one is made, and told to the providers; once they use it, somebody else than
//! who made it has the one before removed (four eyes, unless the municipality has switched that off), for good. A next one that was
//! made by mistake is discarded instead.

use domain::configuration::FourEyes;
use domain::ids::AccountId;
use domain::names::TenantSlug;
use domain::paths;

use crate::Service;
use crate::audit::{Act as Entry, ActKind, ActText};
use crate::configuration::store;
use crate::error::{Conflict, Error};
use crate::gate::{Act, Caller, Resource, WriteScope, action};
use crate::keys::{self, KnownKey, ProviderKey};

/// What is to be registered at a provider beside the callback, for every connection the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtProvider {
    /// Where it finds the keys that our assertions are verified with.
    pub key_set: String,
    /// The keys: that of assertions, and that to which fields are sealed where a connection was ever set up for it.
    pub keys: Vec<ProviderKeyView>,
}

/// A key of ours as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderKeyView {
    /// Which.
    pub key: ProviderKey,
    /// What a provider is told of it: the public key in base64, or its name in the JWKS.
    pub public: String,
    /// What takes its place, once the providers know it.
    pub next: Option<NextKey>,
    /// The caller may make a next one.
    pub may_make: bool,
}

/// A key that takes the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextKey {
    /// As [`ProviderKeyView::public`]. What is done about it says it again: another one may stand there meanwhile.
    pub public: String,
    /// The caller may discard it.
    pub may_discard: bool,
    /// The caller may remove the one before.
    pub may_decide: bool,
    /// The caller made it, and somebody else must remove the one before.
    pub needs_other: bool,
}

impl Service {
    /// What is to be registered at a provider.
    ///
    /// # Errors
    /// [`Error::NotFound`] to those who may not read connections.
    pub async fn at_provider(&self, caller: &Caller, slug: &TenantSlug) -> Result<AtProvider, Error> {
        let scope = self.gate.open(caller, action::Read, Resource::IdentityProvider).await?;
        let four_eyes = store::four_eyes(&scope, self.today()).await?;
        let mut views = Vec::new();
        for key in ProviderKey::ALL {
            let mut known = keys::provider_keys(&scope, &self.master, key).await?.into_iter();
            let Some(KnownKey { public, .. }) = known.next() else { continue };
            let next = known.next().map(|next| NextKey {
                may_discard: caller.may(Act::Update, Resource::IdentityProvider),
                may_decide: caller.may(Act::Decide, Resource::IdentityProvider),
                needs_other: four_eyes == FourEyes::Required && is_own(caller, &next),
                public: next.public,
            });
            let may_make = next.is_none() && caller.may(Act::Update, Resource::IdentityProvider);
            views.push(ProviderKeyView { key, public, next, may_make });
        }
        Ok(AtProvider { key_set: self.base_url.join(&paths::client_jwks(slug)), keys: views })
    }

    /// Makes the next key. Nothing changes for residents: fields open that are sealed to either, and assertions are signed with the
    /// one before.
    ///
    /// # Errors
    /// [`Conflict::State`] where there is no such key yet, or a next one already.
    pub async fn make_next_provider_key(&self, caller: &Caller, key: ProviderKey) -> Result<(), Error> {
        let mut scope = self.gate.open(caller, action::Update, Resource::IdentityProvider).await?;
        let author = caller.actor().account().ok_or_else(|| Error::internal("a key without an author"))?;
        let now = self.clock.seconds();
        let made = keys::make_next_provider_key(&scope, &self.master, self.rng, key, author, now).await?;
        note(&mut scope, ActKind::ProviderKeyMade, key, Vec::new(), vec![made.public]);
        scope.bump_generation().await?;
        scope.commit().await
    }

    /// Removes the key before the next one, which is then in force. Nobody has it any more: what is still sealed to it, by a sign-in
    /// under way or a provider that was not told, does not open.
    ///
    /// # Errors
    /// [`Conflict::FourEyes`] to who made the next one; [`Conflict::Stale`] where the next one is not of this public half (any more).
    pub async fn remove_former_provider_key(
        &self,
        caller: &Caller,
        key: ProviderKey,
        public: &str,
    ) -> Result<(), Error> {
        let mut scope = self.gate.open(caller, action::Decide, Resource::IdentityProvider).await?;
        let (former, next) = self.both(&scope, key, public).await?;
        if is_own(caller, &next) && store::four_eyes(&scope, self.today()).await? == FourEyes::Required {
            return Err(Conflict::FourEyes.into());
        }
        keys::remove_provider_key(&scope, key, former.number).await?;
        note(&mut scope, ActKind::ProviderKeyChanged, key, vec![former.public], vec![next.public]);
        scope.bump_generation().await?;
        scope.commit().await
    }

    /// Discards the next key, for good; the one before it stays in force. What a provider sealed to it already does not open.
    ///
    /// # Errors
    /// [`Conflict::Stale`] where the next one is not of this public half (any more).
    pub async fn discard_next_provider_key(
        &self,
        caller: &Caller,
        key: ProviderKey,
        public: &str,
    ) -> Result<(), Error> {
        let mut scope = self.gate.open(caller, action::Update, Resource::IdentityProvider).await?;
        let (_, next) = self.both(&scope, key, public).await?;
        keys::remove_provider_key(&scope, key, next.number).await?;
        note(&mut scope, ActKind::ProviderKeyDiscarded, key, vec![next.public], Vec::new());
        scope.bump_generation().await?;
        scope.commit().await
    }

    /// The key in force and the next one, which is still the one that somebody looked at.
    async fn both(&self, scope: &WriteScope, key: ProviderKey, public: &str) -> Result<(KnownKey, KnownKey), Error> {
        let mut known = keys::hold_provider_keys(scope, &self.master, key).await?.into_iter();
        let both = known.next().zip(known.next()).filter(|(_, next)| next.public == public);
        both.ok_or_else(|| Conflict::Stale.into())
    }
}

fn is_own(caller: &Caller, next: &KnownKey) -> bool {
    let account: Option<AccountId> = caller.actor().account();
    account.is_none() || account == next.made_by
}

fn note(scope: &mut WriteScope, kind: ActKind, key: ProviderKey, before: Vec<String>, after: Vec<String>) {
    scope.audit(Entry {
        kind,
        object_kind: Resource::IdentityProvider.as_str(),
        object_id: key.as_str().to_owned(),
        text: ActText { object: key.as_str().to_owned(), before, after, ..ActText::default() },
    });
}
