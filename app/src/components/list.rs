//! How a list is asked for: search, filters, order and page, all in the address, so that it can be bookmarked.

use url::form_urlencoded;

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// The query of a list page.
#[derive(Debug, Clone)]
pub struct ListQuery {
    path: String,
    pairs: Vec<(String, String)>,
}

/// Rows of a page when nobody chose.
const DEFAULT_SIZE: usize = 25;
/// What can be chosen.
pub const SIZES: [usize; 3] = [10, 25, 100];

impl ListQuery {
    /// The query of the page that is asked for.
    pub fn of(context: &crate::request::PageContext) -> Self {
        let pairs = context.query.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
        Self { path: context.path().to_owned(), pairs }
    }

    /// A query as tests write it.
    #[cfg(test)]
    pub(crate) fn for_test(path: &str, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Self { path: path.to_owned(), pairs }
    }

    /// A search word or a filter; empty if it is not set.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find_map(|(key, value)| (key == name).then_some(value.as_str())).unwrap_or_default()
    }

    /// The column that the list is sorted by: `sort=name` ascending, `sort=-name` descending.
    pub fn sort(&self) -> Option<(&str, Order)> {
        match self.get("sort") {
            "" => None,
            sort => Some(sort.strip_prefix('-').map_or((sort, Order::Ascending), |key| (key, Order::Descending))),
        }
    }

    /// The page, from 1.
    pub fn page(&self) -> usize {
        self.get("page").parse().ok().filter(|page| (1..=100_000).contains(page)).unwrap_or(1)
    }

    /// Rows of a page.
    pub fn size(&self) -> usize {
        self.get("size").parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(DEFAULT_SIZE)
    }

    /// Rows before this page.
    pub fn offset(&self) -> usize {
        (self.page() - 1).saturating_mul(self.size())
    }

    /// Whether anything narrows the list.
    pub fn is_filtered(&self) -> bool {
        self.pairs.iter().any(|(key, _)| !matches!(key.as_str(), "sort" | "page" | "size"))
    }

    /// The address without anything that narrows the list.
    pub fn cleared(&self) -> &str {
        &self.path
    }

    /// The same list with one thing changed; an empty value removes it. Anything but a page begins at the first page.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (key, kept) in &self.pairs {
            if key != name && (key != "page" || name == "page") {
                query.append_pair(key, kept);
            }
        }
        if !value.is_empty() {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { self.path.clone() } else { format!("{}?{query}", self.path) }
    }

    /// What a form that changes only `names` has to carry along.
    pub fn others<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.pairs
            .iter()
            .filter(|(key, _)| key != "page" && !names.contains(&key.as_str()))
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> ListQuery {
        let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        ListQuery { path: "/list".to_owned(), pairs }
    }

    #[test]
    fn a_link_changes_one_thing() {
        let list = query(&[("q", "図書"), ("sort", "-name"), ("page", "3")]);
        assert_eq!(list.sort(), Some(("name", Order::Descending)));
        assert_eq!(list.with("page", "4"), "/list?q=%E5%9B%B3%E6%9B%B8&sort=-name&page=4");
        assert_eq!(list.with("q", ""), "/list?sort=-name");
        assert_eq!(list.offset(), 50);
    }

    #[test]
    fn nonsense_counts_as_nothing() {
        let list = query(&[("page", "-1"), ("size", "5000")]);
        assert_eq!((list.page(), list.size()), (1, 25));
    }
}
