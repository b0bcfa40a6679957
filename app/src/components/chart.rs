//! Charts as SVG that the server draws: lines, bars, a spark. Each says in words what it shows and names the table that
//! holds its numbers; series differ by marker and by a label at their end, not by colour alone.
//!
//! The drawing is made as text, because it is all geometry; the only foreign text in it, names, goes through [`escape`].

use std::fmt::Write;

use domain::disclosure::{Cell, DisclosedFigure};
use leptos::prelude::*;

/// One month of one series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// May be shown.
    Shown(DisclosedFigure),
    /// Is not shown.
    Hidden,
    /// There was nothing yet.
    Absent,
}

impl Point {
    /// The point of a published cell; none is a month before the service began.
    pub fn of(cell: Option<&Cell>) -> Self {
        match cell {
            None => Point::Absent,
            Some(cell) => cell.people().map_or(Point::Hidden, Point::Shown),
        }
    }

    fn number(self) -> Option<u32> {
        match self {
            Point::Shown(figure) => Some(figure.number()),
            Point::Hidden | Point::Absent => None,
        }
    }
}

/// A line of a chart: its name and a point for each month.
#[derive(Debug, Clone)]
pub struct Series {
    pub name: String,
    pub points: Vec<Point>,
}

/// Lines that a chart can tell apart; what is more stands in the table only.
pub const LINES: usize = 5;

const WIDTH: f32 = 540.0;
const LEFT: f32 = 44.0;
const TOP: f32 = 14.0;
const FLOOR: f32 = 248.0;
/// Two labels stand no closer than this.
const LINE_HEIGHT: f32 = 17.0;

/// Several series over the same months.
#[component]
pub fn LineChart(
    /// An id that the page uses once.
    id: &'static str,
    title: String,
    description: String,
    /// A short name for each month.
    months: Vec<String>,
    series: Vec<Series>,
    /// The word for what is not shown.
    hidden_word: &'static str,
) -> impl IntoView {
    let names: Vec<String> = series.iter().map(|line| shortened(&line.name)).collect();
    let widest = names.iter().map(|name| text_width(name)).fold(0.0, f32::max);
    let scale = Scale::over(series.iter().flat_map(|line| &line.points));
    let right = WIDTH - widest - 14.0;
    let axis = Axis { from: LEFT + 16.0, to: right - 10.0, count: months.len() };
    let mut svg = String::from(
        r#"<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch-line" d="M0 0V7"/></pattern></defs>"#,
    );
    scale.draw(&mut svg, right);
    axis.name(&mut svg, &months, 48.0);
    draw_hidden(&mut svg, &axis, &series, hidden_word);
    let mut ends = Vec::new();
    for (index, line) in series.iter().enumerate().take(LINES) {
        let _ = write!(svg, r#"<g class="s{}">"#, index + 1);
        draw_line(&mut svg, index, line, &axis, &scale);
        svg.push_str("</g>");
        let last = line.points.iter().rev().find_map(|point| point.number());
        ends.push((index, last.map_or(FLOOR, |number| scale.y(number)) + 5.0));
    }
    for (index, y) in apart(ends) {
        let name = names.get(index).map(|name| escape(name)).unwrap_or_default();
        let _ = write!(
            svg,
            r#"<g class="s{}"><text class="label" x="{}" y="{y:.1}">{name}</text></g>"#,
            index + 1,
            right + 2.0
        );
    }
    drawing(id, title, description, svg)
}

/// One series, each month beside the same month of the year before.
#[component]
pub fn BarChart(
    /// An id that the page uses once.
    id: &'static str,
    title: String,
    description: String,
    /// A short name for each month.
    months: Vec<String>,
    points: Vec<Point>,
    before: Vec<Point>,
) -> impl IntoView {
    let scale = Scale::over(points.iter().chain(&before));
    let slot = (WIDTH - 4.0 - LEFT) / as_f32(months.len().max(1));
    let bar = (slot * 0.39).min(26.0);
    let axis = Axis { from: LEFT + slot / 2.0, to: WIDTH - 4.0 - slot / 2.0, count: months.len() };
    let mut svg = String::new();
    scale.draw(&mut svg, WIDTH - 4.0);
    axis.name(&mut svg, &months, 36.0);
    for (index, point) in points.iter().enumerate() {
        let middle = axis.x(index);
        if let Some(number) = before.get(index).and_then(|point| point.number()) {
            let y = scale.y(number);
            let (x, height) = (middle - bar - 1.0, FLOOR - y);
            let _ = write!(
                svg,
                r#"<rect class="bar--last-year" x="{x:.1}" y="{y:.1}" width="{bar:.1}" height="{height:.1}"/>"#
            );
        }
        let x = middle + 1.0;
        match point {
            Point::Shown(figure) => {
                let y = scale.y(figure.number());
                let height = FLOOR - y;
                let _ = write!(
                    svg,
                    r#"<rect class="bar" x="{x:.1}" y="{y:.1}" width="{bar:.1}" height="{height:.1}" rx="2"/>"#
                );
                // Narrower columns leave no room for a number of 14 px: the table has them all.
                if slot >= 36.0 {
                    let (x, y) = (x + bar / 2.0, y - 7.0);
                    let _ = write!(
                        svg,
                        r#"<text class="chart__value" x="{x:.1}" y="{y:.1}" text-anchor="middle">{figure}</text>"#
                    );
                }
            }
            Point::Hidden => {
                let y = FLOOR - 9.0;
                let _ =
                    write!(svg, r#"<rect class="spark__hidden" x="{x:.1}" y="{y:.1}" width="{bar:.1}" height="9"/>"#);
            }
            Point::Absent => {}
        }
    }
    drawing(id, title, description, svg)
}

fn drawing(id: &'static str, title: String, description: String, inside: String) -> impl IntoView {
    let (title_id, description_id) = (format!("{id}-title"), format!("{id}-desc"));
    let svg = format!(
        r#"<title id="{title_id}">{}</title><desc id="{description_id}">{}</desc>{inside}"#,
        escape(&title),
        escape(&description)
    );
    let labels = format!("{title_id} {description_id}");
    view! {
        <div class="chart-scroll" role="region" aria-labelledby=title_id tabindex="0">
            <svg
                class="chart"
                viewBox="0 0 540 280"
                role="img"
                aria-labelledby=labels
                inner_html=svg
            ></svg>
        </div>
    }
}

/// Twelve small bars in a row of a table; heights are of this row alone.
#[component]
pub fn Spark(
    /// What it shows, and where its numbers are.
    label: String,
    points: Vec<Point>,
) -> impl IntoView {
    let highest = points.iter().filter_map(|point| point.number()).max().unwrap_or(1).max(1);
    let mut svg = String::from(r#"<path class="chart__axis" d="M0 39.5H202"/>"#);
    let last = points.len().saturating_sub(1);
    for (index, point) in points.iter().enumerate().take(12) {
        let x = 1.0 + 17.0 * as_f32(index);
        match point {
            Point::Shown(figure) => {
                let height = 37.0 * share(figure.number(), highest);
                let class = if index == last { "bar" } else { "bar bar--before" };
                let y = 39.0 - height;
                let _ = write!(
                    svg,
                    r#"<rect class="{class}" x="{x}" y="{y:.1}" width="12" height="{height:.1}" rx="1.5"/>"#
                );
            }
            Point::Hidden => {
                let _ = write!(svg, r#"<rect class="spark__hidden" x="{}" y="29.5" width="11" height="9"/>"#, x + 0.5);
            }
            Point::Absent => {}
        }
    }
    view! { <svg class="chart spark" viewBox="0 0 202 40" role="img" aria-label=label inner_html=svg></svg> }
}

/// From zero to a round number above the highest, in four steps.
struct Scale {
    step: u32,
}

impl Scale {
    fn over<'a>(points: impl Iterator<Item = &'a Point>) -> Self {
        let highest = points.filter_map(|point| point.number()).max().unwrap_or(0);
        let steps = (1_u32..=7).flat_map(|power| [10, 20, 25, 50].map(|step| step * 10_u32.pow(power - 1)));
        let step = steps.into_iter().find(|step| step * 4 >= highest).unwrap_or(highest / 4 + 1);
        Self { step }
    }

    fn y(&self, number: u32) -> f32 {
        FLOOR - (FLOOR - TOP) * share(number, self.step * 4)
    }

    fn draw(&self, svg: &mut String, to: f32) {
        for line in 0..=4 {
            let number = line * self.step;
            let y = self.y(number);
            let class = if line == 0 { "chart__axis" } else { "chart__grid" };
            let text = thousands(number);
            let below = y + 5.0;
            let _ = write!(
                svg,
                r#"<path class="{class}" d="M{LEFT} {y:.1}H{to:.1}"/><text x="36" y="{below:.1}" text-anchor="end">{text}</text>"#
            );
        }
    }
}

/// Where months lie.
struct Axis {
    from: f32,
    to: f32,
    count: usize,
}

impl Axis {
    fn x(&self, index: usize) -> f32 {
        match self.count {
            0 | 1 => f32::midpoint(self.from, self.to),
            count => self.from + (self.to - self.from) * as_f32(index) / as_f32(count - 1),
        }
    }

    fn step(&self) -> f32 {
        (self.to - self.from) / as_f32(self.count.saturating_sub(1).max(1))
    }

    /// Names as many months as there is room for, the last one always.
    fn name(&self, svg: &mut String, months: &[String], room: f32) {
        let every = (1..).find(|every| self.step() * as_f32(*every) >= room || *every >= months.len()).unwrap_or(1);
        for (index, month) in months.iter().enumerate() {
            if (months.len() - 1 - index).is_multiple_of(every) {
                let _ = write!(
                    svg,
                    r#"<text x="{:.1}" y="270" text-anchor="middle">{}</text>"#,
                    self.x(index),
                    escape(month)
                );
            }
        }
    }
}

/// A hatched field over months in which something is not shown.
fn draw_hidden(svg: &mut String, axis: &Axis, series: &[Series], word: &str) {
    let hidden = |index: usize| series.iter().any(|line| line.points.get(index) == Some(&Point::Hidden));
    let mut index = 0;
    while index < axis.count {
        if !hidden(index) {
            index += 1;
            continue;
        }
        let first = index;
        while index < axis.count && hidden(index) {
            index += 1;
        }
        let half = (axis.step() * 0.42).min(20.0);
        let (from, to) = (axis.x(first) - half, axis.x(index - 1) + half);
        let (width, middle) = (to - from, f32::midpoint(from, to));
        let _ = write!(
            svg,
            r#"<rect class="hidden-band" x="{from:.1}" y="226.9" width="{width:.1}" height="21.1" rx="4"/>"#
        );
        if width >= text_width(word) {
            let _ = write!(svg, r#"<text x="{middle:.1}" y="220.9" text-anchor="middle">{}</text>"#, escape(word));
        }
    }
}

fn draw_line(svg: &mut String, index: usize, line: &Series, axis: &Axis, scale: &Scale) {
    let mut path = String::new();
    let mut pen_down = false;
    let mut markers = String::new();
    for (month, point) in line.points.iter().enumerate() {
        let Some(number) = point.number() else {
            pen_down = false;
            continue;
        };
        let (x, y) = (axis.x(month), scale.y(number));
        let _ = write!(path, "{}{x:.1} {y:.1}", if pen_down { 'L' } else { 'M' });
        pen_down = true;
        draw_marker(&mut markers, index, x, y);
    }
    if path.contains('L') {
        let _ = write!(svg, r#"<path class="line" d="{path}"/>"#);
    }
    svg.push_str(&markers);
}

fn draw_marker(svg: &mut String, index: usize, x: f32, y: f32) {
    let _ = match index {
        0 => write!(svg, r#"<circle class="dot" cx="{x:.1}" cy="{y:.1}" r="4.5"/>"#),
        1 => write!(svg, r#"<rect class="dot" x="{:.1}" y="{:.1}" width="8" height="8"/>"#, x - 4.0, y - 4.0),
        2 => write!(svg, r#"<path class="dot" d="M{x:.1} {:.1}l5.5 9.5h-11Z"/>"#, y - 5.5),
        3 => write!(svg, r#"<path class="dot" d="M{x:.1} {:.1}l6 6l-6 6l-6 -6Z"/>"#, y - 6.0),
        _ => write!(svg, r#"<path class="dot" d="M{:.1} {:.1}l10 10m0 -10l-10 10"/>"#, x - 5.0, y - 5.0),
    };
}

/// Moves labels that would lie on each other apart, from the lowest upwards, within the drawing.
fn apart(mut ends: Vec<(usize, f32)>) -> Vec<(usize, f32)> {
    ends.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut below = FLOOR + 3.0 + LINE_HEIGHT;
    for (_, y) in &mut ends {
        *y = y.min(below - LINE_HEIGHT);
        below = *y;
    }
    ends
}

fn share(number: u32, of: u32) -> f32 {
    // Figures are multiples of ten far below 2^24, where f32 is exact.
    #[expect(clippy::cast_precision_loss, reason = "the height of a bar")]
    let (number, of) = (number as f32, of.max(1) as f32);
    number / of
}

fn as_f32(count: usize) -> f32 {
    u16::try_from(count).map_or(f32::from(u16::MAX), f32::from)
}

fn thousands(number: u32) -> String {
    match (number / 1000, number % 1000) {
        (0, ones) => ones.to_string(),
        (thousands, ones) => format!("{thousands},{ones:03}"),
    }
}

/// The width of a text of 14 px, roughly: a Japanese character is square.
fn text_width(text: &str) -> f32 {
    text.chars().map(|character| if character.is_ascii() { 8.0 } else { 14.0 }).sum()
}

/// A name that leaves the lines room; the table has it in full.
fn shortened(name: &str) -> String {
    const ROOM: f32 = 140.0;
    if text_width(name) <= ROOM {
        return name.to_owned();
    }
    let mut kept = String::new();
    for character in name.chars() {
        if text_width(&kept) + 28.0 > ROOM {
            break;
        }
        kept.push(character);
    }
    kept.push('…');
    kept
}

/// Text for element content and quoted attributes.
fn escape(text: &str) -> String {
    crate::render::escape_text(text).replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use domain::disclosure::Cell;
    use domain::locale::Locale;

    use super::*;

    fn shown(people: u32) -> Point {
        Point::of(Some(&Cell::from_store(Some(people), Some(people), None).unwrap()))
    }

    fn hidden() -> Point {
        Point::of(Some(&Cell::from_store(None, None, Some("few_people")).unwrap()))
    }

    fn months(count: usize) -> Vec<String> {
        (1..=count).map(|month| format!("{month}月")).collect()
    }

    fn lines(series: Vec<Series>) -> String {
        let count = series[0].points.len();
        crate::render::to_html(Locale::Ja, None, || {
            view! { <LineChart id="l" title="<b>".into() description="d".into() months=months(count) series hidden_word="非表示"/> }
                .into_any()
        })
    }

    #[test]
    fn a_scale_is_round_and_holds_the_highest() {
        for (highest, step) in
            [(10, 10), (40, 10), (50, 20), (90, 25), (110, 50), (890, 250), (1_010, 500), (84_000, 25_000)]
        {
            assert_eq!(Scale::over([shown(highest)].iter()).step, step, "{highest}");
        }
        assert_eq!(Scale::over([].iter()).step, 10);
    }

    #[test]
    fn a_line_breaks_where_nothing_is_shown() {
        let points = vec![Point::Absent, shown(20), shown(30), hidden(), shown(40)];
        let html = lines(vec![Series { name: "A & B".to_owned(), points }]);
        assert_eq!(html.matches("<circle").count(), 3, "{html}");
        let path = html.split("class=\"line\" d=\"").nth(1).unwrap().split('"').next().unwrap();
        assert_eq!((path.matches('M').count(), path.matches('L').count()), (2, 1));
        assert_eq!(html.matches("hidden-band").count(), 1);
        assert!(html.contains("A &amp; B</text>") && html.contains("&lt;b&gt;</title>"), "{html}");
    }

    #[test]
    fn labels_at_the_end_do_not_lie_on_each_other() {
        let series =
            ["a", "b", "c", "d", "e"].map(|name| Series { name: name.to_owned(), points: vec![hidden(), shown(10)] });
        let html = lines(series.to_vec());
        let mut heights: Vec<f32> = html
            .split("class=\"label\"")
            .skip(1)
            .map(|part| part.split(" y=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap())
            .collect();
        heights.sort_by(f32::total_cmp);
        assert!(heights.windows(2).all(|pair| pair[1] - pair[0] >= 16.9), "{heights:?}");
        assert!(heights[4] <= FLOOR + 4.0);
    }

    #[test]
    fn long_names_are_shortened_in_the_drawing() {
        assert_eq!(shortened("電子図書館"), "電子図書館");
        assert!(text_width(&shortened("昭和村デジタル申請サービス")) <= 140.0);
    }

    #[test]
    fn a_spark_of_hidden_months_shows_no_height() {
        let html = crate::render::to_html(Locale::Ja, None, || {
            view! { <Spark label="s".into() points=vec![hidden(), Point::Absent, shown(20)]/> }.into_any()
        });
        assert_eq!((html.matches("spark__hidden").count(), html.matches("class=\"bar\"").count()), (1, 1));
    }
}
