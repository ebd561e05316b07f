use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Identifier, NewOrder, Order, OrderStatus,
    RetryPolicy,
};

use super::failure::Failure;
use crate::ingress::certificates::Certificate;
use crate::ingress::challenges::Challenges;

/// How often the authority is asked: soon at first, since most orders take a second or two.
const PATIENCE: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(250))
    .backoff(1.5)
    .timeout(Duration::from_mins(1));

/// A certificate with those that vouch for it, and its key, both PEM.
pub(super) struct Chain {
    certificates: String,
    key: String,
}

impl Chain {
    /// As it is kept.
    pub(super) fn file(&self, directory: &str) -> String {
        Certificate::ordered(directory, &self.certificates, &self.key)
    }
}

/// Orders a certificate for one host, and answers the authority's question for it.
pub(super) async fn order(
    account: &Account,
    host: &str,
    challenges: &Challenges,
) -> Result<Chain, Failure> {
    let identifiers = [Identifier::Dns(host.to_owned())];
    let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
    let answers = answer(&mut order, challenges).await?;
    let ready = order.poll_ready(&PATIENCE).await;
    drop(answers);
    match ready {
        Ok(OrderStatus::Ready) => {}
        // The order's own words are less than those of the question that failed.
        other => {
            return Err(match (reason(&mut order).await, other) {
                (Some(reason), _) => Failure::Unproven(reason),
                (None, Err(error)) => error.into(),
                (None, Ok(_)) => Failure::Unproven("the host could not be proven".to_owned()),
            });
        }
    }
    let key = order.finalize().await?;
    let certificates = order.poll_certificate(&PATIENCE).await?;
    Ok(Chain { certificates, key })
}

/// Answers in force until they are dropped.
struct Answers<'a> {
    challenges: &'a Challenges,
    tokens: Vec<String>,
}

impl Drop for Answers<'_> {
    fn drop(&mut self) {
        for token in &self.tokens {
            self.challenges.remove(token);
        }
    }
}

async fn answer<'a>(order: &mut Order, challenges: &'a Challenges) -> Result<Answers<'a>, Failure> {
    let mut answers = Answers {
        challenges,
        tokens: Vec::new(),
    };
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        // It may have proven the host a short time ago.
        if authorization.status != AuthorizationStatus::Pending {
            continue;
        }
        let challenge = authorization.challenge(ChallengeType::Http01);
        let mut challenge = challenge.ok_or(Failure::NoChallenge)?;
        answers.tokens.push(challenge.token.clone());
        challenges.put(&challenge.token, challenge.key_authorization().as_str());
        challenge.set_ready().await?;
    }
    Ok(answers)
}

/// Why the authority could not prove the host.
async fn reason(order: &mut Order) -> Option<String> {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let state = authorization.refresh().await.ok()?;
        let error = state.challenges.iter().find_map(|one| one.error.as_ref());
        if let Some(detail) = error.and_then(|error| error.detail.clone()) {
            return Some(detail);
        }
    }
    None
}
