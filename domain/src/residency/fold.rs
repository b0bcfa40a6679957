//! One spelling for all spellings of a name: addresses and table are both folded, and compared only folded.
//!
//! NFKC alone is neither enough (髙, 﨑, ヶ/ケ) nor safe on whole texts (it changes lengths, while the certificate flags
//! single characters), so each character is folded by itself. The folded text serves the comparison and nothing else.
//! The build script folds the table with this very file.

use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::compose;
use zeroize::Zeroizing;

/// Stands for a character that may be any: a substitute, or a mark of damage.
pub(crate) const ANY: char = '\u{0}';

/// Keeps apart two numbers that stood apart.
pub(crate) const GAP: char = '\u{1}';

/// Folded characters, and where in them the parts of a pre-split address end.
pub(crate) struct Folded {
    pub(crate) chars: Zeroizing<Vec<char>>,
    pub(crate) seams: Vec<usize>,
}

/// Folds characters, each with whether it may be any; `seams` count the characters before each seam, in rising order.
pub(crate) fn fold(characters: impl Iterator<Item = (char, bool)>, seams: &[usize]) -> Folded {
    let mut folded = Zeroizing::new(Vec::with_capacity(96));
    let mut ends = Vec::with_capacity(seams.len());
    let mut gap = false;
    for (index, (c, any)) in characters.enumerate() {
        while seams.get(ends.len()) == Some(&index) {
            ends.push(folded.len());
        }
        // Geta and the replacement character stand where a character was lost.
        if any || matches!(c, '〓' | '\u{FFFD}') {
            folded.push(ANY);
            continue;
        }
        if c.is_whitespace() {
            gap = true;
            continue;
        }
        if !is_ignored(c) {
            fold_one(c, gap, &mut folded);
            gap = false;
        }
    }
    while ends.len() < seams.len() {
        ends.push(folded.len());
    }
    // Only now: ｶ and ﾞ are one ガ before ガ is a ケ.
    folded.iter_mut().for_each(|c| *c = one_spelling(*c));
    Folded { chars: folded, seams: ends }
}

fn fold_one(c: char, gap: bool, folded: &mut Vec<char>) {
    if is_ideograph(c) {
        folded.push(c);
        return;
    }
    for plain in std::iter::once(c).nfkc() {
        match plain {
            '\u{3099}' | '\u{309A}' => voice(folded, plain),
            _ if plain.is_whitespace() || is_ignored(plain) => {}
            _ => {
                if gap && plain.is_ascii_digit() && folded.last().is_some_and(char::is_ascii_digit) {
                    folded.push(GAP);
                }
                folded.push(plain);
            }
        }
    }
}

/// Unified ideographs, nearly all of an address, are their own NFKC.
fn is_ideograph(c: char) -> bool {
    matches!(c, FIRST..=LAST)
}

/// Controls, zero-width and directional marks, tags and variation selectors say nothing about the name.
fn is_ignored(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Half-width kana write the voicing mark apart: ｶ and ﾞ are ガ.
fn voice(folded: &mut [char], mark: char) {
    let Some(last) = folded.last_mut() else { return };
    if let Some(voiced) = compose(*last, mark) {
        *last = voiced;
    }
}

fn one_spelling(c: char) -> char {
    let c = match c {
        // Hiragana as katakana.
        '\u{3041}'..='\u{3096}' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        _ => c,
    };
    match c {
        // ヶ, ケ, が, ガ, ヵ, カ between two names are one and the same particle.
        'ヶ' | 'ガ' | 'ヵ' | 'カ' => 'ケ',
        'ァ' => 'ア',
        'ィ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' | 'ヱ' => 'エ',
        'ォ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヰ' => 'イ',
        '之' => 'ノ',
        'ニ' => '二',
        'ハ' => '八',
        'ー' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2500}' | '\u{2501}' | '\u{FE58}' | '\u{FE63}' => '-',
        '○' | '◯' => '〇',
        _ => forms().first_of(c),
    }
}

const FIRST: char = '\u{4E00}';
const LAST: char = '\u{9FFF}';

/// The first form of each group, to be looked up for nearly every character of every address.
struct Forms {
    /// One for each unified ideograph, in their order.
    unified: Vec<char>,
    /// Radicals, compatibility ideographs and extensions, sorted.
    others: Vec<(char, char)>,
}

impl Forms {
    fn first_of(&self, c: char) -> char {
        let unified = u32::from(c).checked_sub(u32::from(FIRST)).and_then(|index| usize::try_from(index).ok());
        if let Some(first) = unified.and_then(|index| self.unified.get(index)) {
            return *first;
        }
        let found = self.others.binary_search_by_key(&c, |(form, _)| *form).ok();
        found.and_then(|index| self.others.get(index)).map_or(c, |(_, first)| *first)
    }
}

fn forms() -> &'static Forms {
    static FORMS: OnceLock<Forms> = OnceLock::new();
    FORMS.get_or_init(|| {
        let mut forms = Forms { unified: (FIRST..=LAST).collect(), others: Vec::new() };
        for group in VARIANTS.split_whitespace() {
            let mut chars = group.chars();
            let Some(first) = chars.next() else { continue };
            for form in chars {
                let index = usize::try_from(u32::from(form).wrapping_sub(u32::from(FIRST))).ok();
                match index.and_then(|index| forms.unified.get_mut(index)) {
                    Some(slot) => *slot = first,
                    None => forms.others.push((form, first)),
                }
            }
        }
        forms.others.sort_unstable();
        forms
    })
}

/// Old, variant and vulgar forms of kanji that place names are written with; every form folds to the first of its group.
/// Only forms of one and the same character: 大/太 or 土/士 are different names.
const VARIANTS: &str = "
    亜亞 悪惡 圧壓 囲圍 医醫 壱壹 隠隱 栄榮 営營 駅驛 円圓 塩鹽 縁緣 応應 桜櫻 奥奧 横橫 温溫 穏穩
    仮假 会會 絵繪 概槪 拡擴 殻殼 覚覺 学學 岳嶽 楽樂 巻卷 寛寬 関關 歓歡 観觀 巌巖 気氣 亀龜⻲ 帰歸
    旧舊 挙擧 峡峽 狭狹 郷鄕鄉 尭堯 暁曉 区區 駆驅 径徑 恵惠 渓溪 経經 蛍螢 鶏鷄雞 茎莖 県縣 倹儉
    剣劍劒剱劔 険險 検檢 研硏 顕顯 厳嚴 呉吳 広廣 恒恆 黄黃⻩ 鉱鑛 号號 国國圀 黒黑 済濟 斎齋 斉齊
    桟棧 参參 産產 児兒 辞辭 湿濕 実實 舎舍 写寫 釈釋 寿壽 収收 従從 渋澁 獣獸 縦縱 粛肅 処處 緒緖
    叙敍 将將 称稱 渉涉 焼燒 証證 条條 状狀 浄淨 畳疊疉 穣穰 譲讓 醸釀 真眞 慎愼 晋晉 尽盡 図圖
    粋粹 酔醉 穂穗 随隨 髄髓 数數 瀬瀨 声聲 静靜 青靑⻘ 清淸 専專 戦戰 浅淺 銭錢 潜潛 繊纖 禅禪 双雙
    壮壯 争爭 荘莊庄 捜搜 装裝 総總 聡聰 増增 蔵藏 続續 対對 体體 帯帶 滞滯 台臺 滝瀧 沢澤 択擇
    単單 団團 弾彈 昼晝 虫蟲 鋳鑄 庁廳 聴聽 鎮鎭 逓遞 鉄鐵 点點 転轉 伝傳 灯燈 当當 党黨 稲稻 闘鬪
    徳德 独獨 読讀 栃杤 届屆 寧寕 拝拜 廃廢 売賣 麦麥⻨ 発發 髪髮 浜濱濵 蛮蠻 秘祕 桧檜 瓶甁 仏佛
    払拂 並竝 辺邊邉 変變 弁辨瓣辯 歩步 宝寶寳 豊豐 槙槇 万萬 満滿 黙默 弥彌 薬藥 薮藪 訳譯 予豫
    余餘 与與 誉譽 揺搖 様樣 謡謠 来來 頼賴 乱亂 覧覽 竜龍⻯ 両兩 緑綠 塁壘 涙淚 励勵 礼禮 霊靈 齢齡
    歴歷 暦曆 恋戀 炉爐 労勞 楼樓 録錄 湾灣 籠篭 芦蘆 竈竃釜 崎﨑嵜㟢 髙高 島嶋嶌 冨富 峰峯 淵渕渊
    舘館 曽曾 驒騨 檮梼 鯵鰺 鴎鷗 鶯鴬 砺礪 讃讚 頴穎 蛎蠣 蕊蘂 桑桒 吉𠮷 戸戶 戻戾 尚尙 内內 祇祗
    侠俠 鹸鹼 麹麴 頬頰 填塡 摑掴 繋繫 箪簞 莱萊 涌湧 凉涼 姫姬 凛凜 遥遙 桝枡 曻昇 畝畆 埜野 裡裏
    鈎鉤 雁鴈 壷壺 嘗甞 賛贊 尓爾 迩邇 潅灌 諌諫 靭靱 飲飮 餅餠 瑶瑤 巣巢 懐懷 郎郞 鋭銳 錬鍊
    鶴靏靎 長⻑ 西⻄ 民⺠ 虎⻁ 鬼⻤ 食⻝ 歯⻭齒 母⺟ 騒騷 験驗 蒋蔣 蝉蟬 蝋蠟 屡屢 屏屛 幷并 攪撹 扑撲 芸藝 糸絲 柳栁 歳歲
";

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn folded(text: &str) -> String {
        fold(text.chars().map(|c| (c, false)), &[]).chars.iter().collect()
    }

    #[test]
    fn widths_kana_and_hyphens() {
        assert_eq!(folded("ﾆｾｺ町"), folded("ニセコ町"));
        assert_eq!(folded("鎌ｹ谷市"), folded("鎌ヶ谷市"));
        assert_eq!(folded("袖が浦市"), folded("袖ケ浦市"));
        assert_eq!(folded("五ｶﾞ瀬町"), folded("五ヶ瀬町"));
        assert_eq!(folded("山之内町"), folded("山ノ内町"));
        assert_eq!(folded("１丁目２－３"), folded("1丁目2‐3"));
        assert_eq!(folded("昭和　村 "), "昭和村");
    }

    #[test]
    fn voicing_marks_in_every_form() {
        for (apart, one) in [("ｻﾞ", "ザ"), ("ﾊﾟ", "パ"), ("サ\u{3099}", "ザ"), ("サ゛", "ザ"), ("カ゛", "ケ")]
        {
            assert_eq!(folded(apart), one, "{apart}");
        }
    }

    #[test]
    fn small_and_old_kana() {
        for (form, plain) in "ァィゥェォッャュョヮヰヱ".chars().zip("アイウエオツヤユヨワイエ".chars())
        {
            assert_eq!(folded(&form.to_string()), plain.to_string(), "{form}");
        }
        assert_eq!(folded("ぁゃっむ"), "アヤツム");
        // The same stroke in two scripts.
        assert_eq!(folded("ニハ"), "二八");
        assert_eq!(folded("○◯〇"), "〇〇〇");
    }

    #[test]
    fn old_kanji_and_variation_selectors() {
        for (old, new) in [
            ("龍ヶ崎市", "竜ケ崎市"),
            ("米澤市", "米沢市"),
            ("長﨑市", "長崎市"),
            ("五條市", "五条市"),
            ("飛驒市", "飛騨市"),
            ("檮原町", "梼原町"),
            ("塩釜市", "鹽竈市"),
            ("髙松市", "高松市"),
            ("葛\u{E0100}城市", "葛城市"),
            ("嶋本町", "島本町"),
            ("神戶市", "神戸市"),
        ] {
            assert_eq!(folded(old), folded(new), "{old}");
        }
    }

    #[test]
    fn flagged_and_damaged_characters_may_be_any() {
        let flagged = fold([('昭', false), ('〓', false), ('和', true)].into_iter(), &[]);
        assert_eq!(*flagged.chars, ['昭', ANY, ANY]);
    }

    #[test]
    fn numbers_that_stand_apart_stay_apart() {
        assert_eq!(folded("中町 1 2-3"), "中町1\u{1}2-3");
        assert_eq!(folded("中 町 1"), "中町1");
    }

    #[test]
    fn seams_move_along() {
        let parts = fold("福島県 昭和村".chars().map(|c| (c, false)), &[4, 7]);
        assert_eq!(parts.seams, [3, 6]);
    }

    #[test]
    fn no_character_stands_in_two_groups() {
        let mut seen: HashMap<char, usize> = HashMap::new();
        for (number, group) in VARIANTS.split_whitespace().enumerate() {
            for c in group.nfkc() {
                let before = seen.insert(c, number);
                assert!(before.is_none_or(|before| before == number), "{c} in {group}");
            }
        }
    }
}
