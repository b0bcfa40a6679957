//! One change of the settings: what differs is written, audited with what it was and what it is, and nothing else.

use domain::locale::{Locale, Localized};
use entity::tenant::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Iden, ModelTrait, Value};

use crate::audit::{Act, ActKind, ActText};
use crate::error::{Conflict, Error};
use crate::gate::{Resource, WriteScope};

pub(super) struct Change {
    scope: WriteScope,
    row: Model,
    set: Vec<(Column, Value)>,
    before: Vec<String>,
    after: Vec<String>,
}

impl Change {
    /// Begins a change of a row that was read for writing.
    pub(super) fn begin(scope: WriteScope, row: Model, revision: i64) -> Result<Self, Error> {
        if row.revision != revision {
            return Err(Conflict::Stale.into());
        }
        Ok(Self { scope, row, set: Vec::new(), before: Vec::new(), after: Vec::new() })
    }

    /// The row as it is before the change.
    pub(super) fn row(&self) -> &Model {
        &self.row
    }

    pub(super) fn text(&mut self, ja: Column, en: Column, text: &Localized) {
        self.line(ja, text.get(Locale::Ja).to_owned());
        self.line(en, text.get(Locale::En).to_owned());
    }

    pub(super) fn line(&mut self, column: Column, text: String) {
        self.note(column, text.into());
    }

    pub(super) fn optional_line(&mut self, column: Column, text: Option<String>) {
        self.note(column, text.into());
    }

    pub(super) fn number(&mut self, column: Column, number: Option<i64>) {
        self.note(column, number.into());
    }

    pub(super) fn switch(&mut self, column: Column, on: bool) {
        self.note(column, on.into());
    }

    fn note(&mut self, column: Column, value: Value) {
        let before = self.row.get(column);
        if before != value {
            self.before.push(format!("{}: {}", column.unquoted(), plain(before)));
            self.after.push(format!("{}: {}", column.unquoted(), plain(value.clone())));
            self.set.push((column, value));
        }
    }

    /// Writes what differs. A form that was sent unchanged writes nothing, not even an entry.
    pub(super) async fn commit(mut self, kind: ActKind, reason: String) -> Result<(), Error> {
        if self.set.is_empty() {
            return Ok(());
        }
        let update = self.scope.update_many::<Entity>().add(Column::Revision, 1);
        let update = self.set.into_iter().fold(update, |update, (column, value)| update.set(column, value));
        update.filter(Column::Revision.eq(self.row.revision)).exec_one().await?;
        self.scope.audit(Act {
            kind,
            object_kind: Resource::Tenant.as_str(),
            object_id: self.row.code,
            text: ActText { object: String::new(), reason, before: self.before, after: self.after },
        });
        self.scope.bump_generation().await?;
        self.scope.commit().await
    }
}

/// A value as the audit page shows it.
fn plain(value: Value) -> String {
    match value {
        Value::Bool(Some(on)) => if on { "on" } else { "off" }.to_owned(),
        Value::BigInt(Some(number)) => number.to_string(),
        Value::String(Some(text)) => text,
        _ => "–".to_owned(),
    }
}
