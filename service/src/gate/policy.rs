//! The policy: casbin decides, in one function. Its lines are in `policy.csv`, few, the same for every organisation; who
//! holds which role comes from memberships. What it says of one caller is kept as a bit set.

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};

use super::resource::{Act, Resource};
use crate::error::Error;

const MODEL: &str = include_str!("policy.conf");
const LINES: &str = include_str!("policy.csv");

/// Everything that one caller may do in one organisation: for each resource a bit for each act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Permissions([u16; Resource::ALL.len()]);

const _: () = assert!(Act::ALL.len() <= u16::BITS as usize, "a resource has no bit left");

impl Default for Permissions {
    fn default() -> Self {
        Self([0; Resource::ALL.len()])
    }
}

impl Permissions {
    /// Whether this was allowed.
    pub(super) fn allow(&self, act: Act, resource: Resource) -> bool {
        self.0.get(resource.index()).is_some_and(|acts| acts & 1 << act.index() != 0)
    }

    fn add(&mut self, act: Act, resource: Resource) {
        if let Some(acts) = self.0.get_mut(resource.index()) {
            *acts |= 1 << act.index();
        }
    }
}

/// The `p` lines: role, resource, act.
pub(super) fn lines() -> impl Iterator<Item = [&'static str; 3]> {
    LINES.lines().filter_map(|line| {
        let mut columns = line.split(", ").skip(1);
        Some([columns.next()?, columns.next()?, columns.next()?])
    })
}

/// Asks casbin about every resource and act for a subject that holds `roles` in `domain`.
///
/// # Errors
/// [`Error::Internal`] when the model or a line is broken.
pub(super) async fn permissions(subject: &str, domain: &str, roles: &[&str]) -> Result<Permissions, Error> {
    let enforcer = enforcer(subject, domain, roles).await.map_err(|_| Error::internal("policy"))?;
    let mut permissions = Permissions::default();
    for resource in Resource::ALL {
        for act in Act::ALL {
            let allowed = enforcer
                .enforce((subject, domain, resource.as_str(), act.as_str()))
                .map_err(|_| Error::internal("policy"))?;
            if allowed {
                permissions.add(*act, *resource);
            }
        }
    }
    Ok(permissions)
}

/// A fresh enforcer with the lines of these roles only: `enforce` scans every line.
async fn enforcer(subject: &str, domain: &str, roles: &[&str]) -> casbin::Result<Enforcer> {
    let mut enforcer = Enforcer::new(DefaultModel::from_str(MODEL).await?, MemoryAdapter::default()).await?;
    let held: Vec<Vec<String>> = lines()
        .filter(|[role, ..]| roles.contains(role))
        .map(|line| line.iter().map(|column| (*column).to_owned()).collect())
        .collect();
    enforcer.add_policies(held).await?;
    let memberships = roles.iter().map(|role| vec![subject.to_owned(), (*role).to_owned(), domain.to_owned()]);
    enforcer.add_grouping_policies(memberships.collect()).await?;
    Ok(enforcer)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use domain::access::Role;

    use super::*;
    use crate::gate::caller::SystemActor;

    fn subjects() -> Vec<&'static str> {
        let staff = Role::OF_A_TENANT.map(Role::as_str);
        let system = SystemActor::ALL.map(SystemActor::as_str);
        staff.into_iter().chain(["resident"]).chain(system).collect()
    }

    #[test]
    fn every_line_names_what_exists() {
        for [role, resource, act] in lines() {
            assert!(subjects().contains(&role), "{role}");
            assert!(Resource::ALL.iter().any(|known| known.as_str() == resource), "{resource}");
            assert!(Act::ALL.iter().any(|known| known.as_str() == act), "{act}");
        }
    }

    #[tokio::test]
    async fn the_matrix_is_reviewed() {
        let mut matrix = String::from("| | ");
        for resource in Resource::ALL {
            write!(matrix, "{} | ", resource.as_str()).unwrap();
        }
        matrix.push_str("\n|---|");
        matrix.push_str(&"---|".repeat(Resource::ALL.len()));
        for subject in subjects() {
            let permissions = permissions("someone", "somewhere", &[subject]).await.unwrap();
            write!(matrix, "\n| {subject} | ").unwrap();
            for resource in Resource::ALL {
                let acts = Act::ALL.iter().filter(|act| permissions.allow(**act, *resource));
                let names: Vec<&str> = acts.map(|act| act.as_str()).collect();
                write!(matrix, "{} | ", names.join(" ")).unwrap();
            }
        }
        insta::assert_snapshot!("policy_matrix", matrix);
    }

    #[tokio::test]
    async fn a_role_elsewhere_is_no_role_here() {
        let enforcer = enforcer("someone", "their town", &["admin"]).await.unwrap();
        assert!(enforcer.enforce(("someone", "their town", "tenant", "update")).unwrap());
        assert!(!enforcer.enforce(("someone", "the next town", "tenant", "update")).unwrap());
    }

    /// The bit set says what the policy's lines say: of each role, and of roles held together.
    #[tokio::test]
    async fn the_bit_set_agrees_with_the_lines() {
        for first in subjects() {
            for second in subjects() {
                let permissions = permissions("someone", "somewhere", &[first, second]).await.unwrap();
                for resource in Resource::ALL {
                    for act in Act::ALL {
                        let line = lines().any(|[role, object, verb]| {
                            (role == first || role == second) && object == resource.as_str() && verb == act.as_str()
                        });
                        assert_eq!(permissions.allow(*act, *resource), line);
                    }
                }
            }
        }
    }
}
