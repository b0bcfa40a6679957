//! Flows as cookies: sealed on the way out, opened on the way in, few and small.

use domain::ids::FlowId;
use oidc::sealed::{Context, Purpose};

use super::code::CODE_SECONDS;
use super::flow::{FLOW_SECONDS, Flow, Kind, MAX_FLOW_CHARS};
use super::published::Published;
use super::{Browser, Cookies, FlowCookie};
use crate::Service;
use crate::error::Error;

/// The most flows that one browser keeps.
const MAX_FLOWS: usize = 3;
/// The most characters of all flows of one browser together: servers refuse larger headers.
const MAX_CHARS: usize = 7_000;

/// The flow does not fit its cookie: an attribute is longer than any that a card holds.
pub(super) struct TooLarge;

impl Service {
    /// The flow of this id, if the browser has it, it opens, and its time is not over.
    pub(super) async fn open_flow(
        &self,
        published: &Published,
        browser: &Browser,
        id: FlowId,
    ) -> Result<Option<Flow>, Error> {
        let Some((_, value)) = browser.flows.iter().find(|(given, _)| *given == id) else { return Ok(None) };
        self.open_flow_value(published, id, value).await
    }

    /// The latest flow of this browser that a pushed request began.
    pub(super) async fn flow_of_pushed(
        &self,
        published: &Published,
        browser: &Browser,
        pushed: &[u8; 16],
    ) -> Result<Option<Flow>, Error> {
        let mut latest: Option<Flow> = None;
        for (id, value) in &browser.flows {
            let flow = self.open_flow_value(published, *id, value).await?;
            let flow =
                flow.filter(|flow| matches!(&flow.kind, Kind::Service(asked) if asked.pushed.as_ref() == Some(pushed)));
            latest = latest.into_iter().chain(flow).max_by_key(|flow| flow.started_at);
        }
        Ok(latest)
    }

    async fn open_flow_value(&self, published: &Published, id: FlowId, value: &str) -> Result<Option<Flow>, Error> {
        let bound_to = id.bytes();
        let context = Context::of_tenant(published.id(), Purpose::Flow, &bound_to);
        let Some(bytes) = self.epochs.open(context, value).await? else { return Ok(None) };
        let flow = Flow::decode(id, &bytes).ok();
        Ok(flow.filter(|flow| flow.expires_at() > self.clock.seconds()))
    }

    /// Seals a flow whose code was handed over. It opens for the life of the code and no longer.
    pub(super) async fn seal_finished_flow(&self, published: &Published, flow: &Flow) -> Result<FlowCookie, Error> {
        let bound_to = flow.id.bytes();
        let context = Context::of_tenant(published.id(), Purpose::Flow, &bound_to);
        let as_if_started_at = self.clock.seconds() + CODE_SECONDS - FLOW_SECONDS;
        let value = self.epochs.seal(context, &flow.encode_answered(as_if_started_at)).await?;
        Ok(FlowCookie { id: flow.id, value, seconds: CODE_SECONDS })
    }

    /// Seals a flow for its cookie.
    async fn seal_flow(&self, published: &Published, flow: &Flow) -> Result<Result<FlowCookie, TooLarge>, Error> {
        let bound_to = flow.id.bytes();
        let context = Context::of_tenant(published.id(), Purpose::Flow, &bound_to);
        let value = self.epochs.seal(context, &flow.encode()).await?;
        if value.len() > MAX_FLOW_CHARS {
            return Ok(Err(TooLarge));
        }
        Ok(Ok(FlowCookie { id: flow.id, value, seconds: flow.expires_at() - self.clock.seconds() }))
    }

    /// Seals a flow and makes room for it: the browser forgets what does not open here any more, then the oldest ones.
    ///
    /// Flows of other towns are not looked into; they count, and go before the ones of this town.
    pub(super) async fn keep_flow(
        &self,
        published: &Published,
        browser: &Browser,
        flow: &Flow,
    ) -> Result<Result<Cookies, TooLarge>, Error> {
        let cookie = match self.seal_flow(published, flow).await? {
            Ok(cookie) => cookie,
            Err(too_large) => return Ok(Err(too_large)),
        };
        let mut others = Vec::new();
        for (id, value) in browser.flows.iter().filter(|(id, _)| *id != flow.id) {
            let started_at = self.open_flow_value(published, *id, value).await?.map_or(0, |flow| flow.started_at);
            others.push((started_at, *id, value.len()));
        }
        others.sort_by_key(|(started_at, ..)| std::cmp::Reverse(*started_at));
        let mut chars = cookie.value.len();
        let mut forget = Vec::new();
        for (at, (_, id, length)) in others.into_iter().enumerate() {
            chars += length;
            if at + 1 >= MAX_FLOWS || chars > MAX_CHARS {
                forget.push(id);
            }
        }
        Ok(Ok(Cookies { flows: vec![cookie], forget, ..Cookies::default() }))
    }
}
