//! A tree of folded names that finds every name with which a text begins at some position, also where characters of the
//! text may be any.

use super::fold::ANY;

/// Names that begin at one place of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match<T> {
    /// What the name stands for.
    pub value: T,
    /// The position behind the name.
    pub end: usize,
    /// How many characters of the text agree with the name; those that may be any are no evidence.
    pub agreeing: usize,
}

/// Names with a value each; a name may have several.
#[derive(Debug)]
pub(super) struct NamesTrie<T> {
    nodes: Vec<Node<T>>,
}

#[derive(Debug)]
struct Node<T> {
    /// Following characters and nodes, in the order of the characters.
    children: Vec<(char, usize)>,
    values: Vec<T>,
}

impl<T: Copy> NamesTrie<T> {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node { children: Vec::new(), values: Vec::new() }] }
    }

    pub(super) fn insert(&mut self, name: &[char], value: T) {
        let mut at = 0;
        for c in name {
            at = self.child_or_new(at, *c);
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.values.push(value);
        }
    }

    /// Every name with which the text begins at `from`.
    pub(super) fn matches(&self, text: &[char], from: usize) -> Vec<Match<T>> {
        let mut found = Vec::new();
        let mut open = vec![(0usize, from, 0usize)];
        while let Some((at, position, agreeing)) = open.pop() {
            let Some(node) = self.nodes.get(at) else { continue };
            found.extend(node.values.iter().map(|value| Match { value: *value, end: position, agreeing }));
            match text.get(position) {
                None => {}
                Some(&ANY) => open.extend(node.children.iter().map(|(_, child)| (*child, position + 1, agreeing))),
                Some(c) => {
                    if let Ok(index) = node.children.binary_search_by_key(c, |(label, _)| *label) {
                        open.extend(node.children.get(index).map(|(_, child)| (*child, position + 1, agreeing + 1)));
                    }
                }
            }
        }
        found
    }

    fn child_or_new(&mut self, at: usize, c: char) -> usize {
        let next = self.nodes.len();
        let Some(node) = self.nodes.get_mut(at) else { return at };
        match node.children.binary_search_by_key(&c, |(label, _)| *label) {
            Ok(index) => node.children.get(index).map_or(at, |(_, child)| *child),
            Err(index) => {
                node.children.insert(index, (c, next));
                self.nodes.push(Node { children: Vec::new(), values: Vec::new() });
                next
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(trie: &NamesTrie<u8>, text: &str) -> Vec<(u8, usize, usize)> {
        let text: Vec<char> = text.chars().collect();
        let mut found: Vec<_> = trie.matches(&text, 0).iter().map(|m| (m.value, m.end, m.agreeing)).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn finds_every_name_at_the_head() {
        let mut trie = NamesTrie::new();
        for (name, value) in [("津市", 1), ("津市場", 2), ("町田市", 3)] {
            trie.insert(&name.chars().collect::<Vec<_>>(), value);
        }
        assert_eq!(ends(&trie, "津市場町"), [(1, 2, 2), (2, 3, 3)]);
        assert_eq!(ends(&trie, "町\u{0}市"), [(3, 3, 2)]);
        assert_eq!(ends(&trie, "\u{0}市"), [(1, 2, 1)]);
        assert!(ends(&trie, "市町").is_empty());
        assert!(ends(&trie, "").is_empty());
    }
}
