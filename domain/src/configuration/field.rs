//! What a content looks like to a reader: its fields in words, in the order of the page, and the warnings about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::locale::Words;
use crate::municipality::{Gazetteer, MunicipalityCode};

macro_rules! field_keys {
    ($($(#[$doc:meta])* $key:ident = $name:literal, $ja:literal, $en:literal;)+) => {
        /// A field of a content. Its name is that of the form's field or, for text in two languages, the part before `_ja`
        /// and `_en`; comments on a decision refer to it, so it never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FieldKey {
            $($(#[$doc])* $key,)+
        }

        impl FieldKey {
            /// Every field.
            pub const ALL: &'static [FieldKey] = &[$(FieldKey::$key,)+];

            /// The name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(FieldKey::$key => $name,)+
                }
            }

            /// The label on screen.
            pub const fn words(self) -> Words {
                match self {
                    $(FieldKey::$key => Words { ja: $ja, en: $en },)+
                }
            }
        }
    };
}

field_keys! {
    /// Name of a service, a rule or a text.
    Name = "name", "名前", "Name";
    /// What a service is, in a line.
    Description = "description", "説明", "Description";
    /// The vendor.
    Provider = "provider", "ベンダー", "Vendor";
    /// Whom to ask.
    Contact = "contact", "問い合わせ先", "Contact";
    /// Where the town page links.
    HomeUrl = "home_url", "サービスのページ", "Home page";
    /// Where responses go.
    RedirectUris = "redirect_uris", "リダイレクト先", "Redirect URIs";
    /// Whether PKCE is required.
    Pkce = "pkce", "PKCE", "PKCE";
    /// The residency rule that decides.
    Rule = "rule", "利用資格ルール", "Residency rule";
    /// The consent text that is shown.
    ConsentText = "consent_text", "同意文", "Consent text";
    /// The attributes that are handed over.
    Items = "items", "渡す情報", "What is handed over";
    /// Whether the residency claim goes out unasked.
    ResidencyClaim = "residency_claim", "資格の有無を常に渡す", "Residency claim by default";
    /// Whether it says in which month the card was read.
    ResidencyVerifiedAt = "residency_verified_at", "資格を確かめた年月を渡す", "Residency claim with the month of verification";
    /// The least identity assurance.
    MinimumIal = "minimum_ial", "本人確認の強さ(IAL)", "Minimum IAL";
    /// The least authentication assurance.
    MinimumAal = "minimum_aal", "認証の強さ(AAL)", "Minimum AAL";
    /// The symbol on the town page.
    Icon = "icon", "絵柄", "Symbol";
    /// What the service's software is.
    ApplicationType = "application_type", "種類", "Kind of software";
    /// How it proves who it is.
    Authentication = "authentication", "サービスの認証", "Client authentication";
    /// Where its keys are.
    JwksUri = "jwks_uri", "公開鍵の場所(JWKS URI)", "JWKS URI";
    /// Its keys.
    Jwks = "jwks", "公開鍵(JWKS)", "JWKS";
    /// The algorithm of its ID tokens.
    IdTokenSigning = "id_token_signing", "ID トークンの署名方式", "ID token signing";
    /// Whether what it gets is encrypted.
    Encryption = "encryption", "ID トークンと属性の暗号化", "Encryption of ID token and userinfo";
    /// Whether userinfo is signed.
    UserinfoSigned = "userinfo_signed", "属性の応答に署名する", "Signed userinfo";
    /// The profile that it keeps to.
    Profile = "profile", "プロファイル", "Security profile";
    /// Only pushed requests.
    PushedOnly = "pushed_only", "PAR を必須にする", "Pushed requests only";
    /// Only signed requests.
    SignedOnly = "signed_only", "署名付き要求を必須にする", "Signed requests only";
    /// Only bound tokens.
    DpopOnly = "dpop_only", "DPoP を必須にする", "DPoP-bound tokens only";
    /// Whether refresh tokens may be asked for.
    OfflineAccess = "offline_access", "リフレッシュトークンを渡す", "Refresh tokens";
    /// Where the browser goes after signing out.
    PostLogoutRedirectUris = "post_logout_redirect_uris", "サインアウト後の戻り先", "Post-logout redirect URIs";
    /// Where it is told that a session ended.
    BackchannelLogoutUri = "backchannel_logout_uri", "サインアウトの通知先", "Back-channel logout URI";
    /// A document of all who share a pseudonym.
    SectorIdentifierUri = "sector_identifier_uri", "仮名を共有するサービスの一覧(sector identifier)", "Sector identifier URI";
    /// Whose former ids it is given.
    FormerIdsOf = "former_ids_of", "前のIDを引き継ぐサービス", "Former ids of";
    /// How the service is told of events.
    EventsDelivery = "events_delivery", "できごとの通知", "Security events";
    /// Where they are sent.
    EventsUri = "events_uri", "できごとの送り先", "Events are pushed to";
    /// That a secret goes with each push, and which.
    EventsAuthorization = "events_authorization", "送るときの Authorization ヘッダー", "Authorization header of pushes";
    /// Which.
    EventKinds = "event_kinds", "知らせるできごと", "Events";
    /// Its words for levels of assurance.
    AcrWords = "acr_words", "認証の強さの呼び名(acr)", "Words for assurance (acr)";
    /// A relying party's client id, fixed with its first version.
    ClientId = "client_id", "クライアントID", "Client ID";
    /// By what residents are known to it, fixed with its first version.
    SubjectType = "subject_type", "ID の渡し方", "Kind of ID";
    /// Whom a rule admits.
    Condition = "condition", "対象になる人", "Who is eligible";
    /// How long an eligibility holds.
    Term = "term", "有効期間", "Term";
    /// The weakest source of an address.
    WeakestSource = "weakest_source", "住所の確かさ", "Evidence of the address";
    /// What is offered when nothing can be decided.
    WhenUndecidable = "when_undecidable", "判定できないとき", "When it cannot be decided";
    /// A note for colleagues.
    Note = "note", "備考", "Note";
    /// Heading of the consent page.
    Title = "title", "見出し", "Heading";
    /// ① who receives.
    Receiver = "receiver", "受け取る人", "Receiver";
    /// How to reach the receiver.
    ReceiverContact = "receiver_contact", "受け取る人の連絡先", "Receiver's contact";
    /// ② who holds.
    Holder = "holder", "いま持っている人", "Holder";
    /// ③ what for.
    Purpose = "purpose", "何のため", "Purpose";
    /// ⑤ what is recorded.
    Record = "record", "記録", "Record";
    /// How long the receiver keeps it.
    Retention = "retention", "保存の期間", "Retention";
    /// How to withdraw.
    Withdrawal = "withdrawal", "やめたいとき", "Withdrawal";
    /// The legal basis.
    Basis = "basis", "根拠", "Basis";
    /// Services that see the same number.
    Linked = "linked", "同じ番号を使うサービス", "Services with the same number";
    /// Whether people are asked again.
    Material = "material", "重要な変更", "Material change";
}

/// One field of a content in one language: its lines as a reader sees them, none where nothing is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Which.
    pub key: FieldKey,
    /// Its lines.
    pub lines: Vec<String>,
}

impl Field {
    pub(super) fn line(key: FieldKey, line: impl Into<String>) -> Field {
        Field { key, lines: vec![line.into()] }
    }
}

/// Names of what a content refers to by id, and the municipality whose content it is.
pub struct References<'a> {
    /// The municipality.
    pub own: MunicipalityCode,
    /// Names of municipalities.
    pub gazetteer: &'a dyn Gazetteer,
    /// Names of rules, consent texts and relying parties by id.
    pub names: BTreeMap<Uuid, String>,
}

impl References<'_> {
    /// The name, or the bare id of what is not there (any more).
    pub(super) fn name(&self, id: Uuid) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }
}

/// Something that is allowed, and that whoever decides should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// The address is asked for: people under 支援措置 have protected addresses.
    AddressRequested,
    /// Birthdate or address are asked for alone, where something coarser may do.
    CoarserMayDo,
    /// Three or more attributes are asked for.
    ManyItems,
    /// An attribute is taken every time, so that the card is needed every time.
    CardEveryTime,
    /// The residency claim says in which month the card was read.
    VerifiedAt,
    /// PKCE is not required.
    PkceWhenOffered,
    /// A redirect URI or the home page is on this machine.
    Loopback,
    /// The service cannot keep a secret.
    PublicClient,
    /// The service may go on after the person left.
    OfflineAccess,
    /// It may go on, and is not told when the person signs out.
    NoBackchannelLogout,
    /// People who agreed are asked again.
    AskedAgain,
    /// Copies of an identity provider decide about the address.
    StoredAddressAccepted,
    /// A rule that asks for an age ends with the fiscal year.
    EndsWithFiscalYear,
}

impl Warning {
    /// What to know, in a sentence or two.
    pub const fn words(self) -> Words {
        match self {
            Warning::AddressRequested => Words {
                ja: "住所を渡します。支援措置を受けている人の住所は守られています。住所を渡さないと使えないサービスにしないでください。",
                en: "The address is handed over. Some residents' addresses are protected: never make it a condition of the service.",
            },
            Warning::CoarserMayDo => Words {
                ja: "生年月日や住所の代わりに、年代・○歳以上かどうか・市区町村だけを渡せます。それで足りないか、確かめてください。",
                en: "In place of the date of birth or the address, the age group, whether an age is reached or the municipality can be handed over. Check whether that would do.",
            },
            Warning::ManyItems => Words {
                ja: "属性を3つ以上渡します。目的に必要なものだけか、確かめてください。",
                en: "Three or more attributes are handed over. Check that the purpose needs each of them.",
            },
            Warning::CardEveryTime => Words {
                ja: "使うたびに渡す属性があるため、利用者は毎回カードが必要です。",
                en: "An attribute is handed over at every use, so people need their card every time.",
            },
            Warning::VerifiedAt => Words {
                ja: "資格を確かめた年月を渡します。期限の年月で足りないか、起案の理由に書かれているか、確かめてください。",
                en: "The month of verification is handed over. Check whether the month until which eligibility holds would do, and that the reason says why not.",
            },
            Warning::PkceWhenOffered => Words {
                ja: "PKCE を必須にしていません。サービスが対応していれば、必須にしてください。",
                en: "PKCE is not required. Require it if the service supports it.",
            },
            Warning::Loopback => Words {
                ja: "開発用のアドレス(localhost など)が含まれています。",
                en: "An address of this machine (such as localhost) is registered, for development only.",
            },
            Warning::PublicClient => Words {
                ja: "秘密の文字列を持たないクライアントです。アプリだけに使い、戻り先を確かめてください。",
                en: "The client has no secret. Use this for apps only, and check where responses go.",
            },
            Warning::OfflineAccess => Words {
                ja: "本人が離れたあとも、サービスが資格の有無を確かめられます。同意をやめるか資格が終わると止まります。",
                en: "The service can check eligibility after the person has left, until consent or eligibility ends.",
            },
            Warning::NoBackchannelLogout => Words {
                ja: "サインアウトの通知先がありません。本人がサインアウトしても、サービスには伝わりません。",
                en: "There is no back-channel logout URI: the service is not told when a person signs out.",
            },
            Warning::AskedAgain => Words {
                ja: "同意済みの人に、次のサインインでもう一度たずねます。窓口への問い合わせが増えることがあります。",
                en: "People who have agreed will be asked again at their next sign-in. Expect questions at the desk.",
            },
            Warning::StoredAddressAccepted => Words {
                ja: "本人確認サービスが保存している住所でも判定します。最近の引っ越しが反映されないことがあります。",
                en: "A copy of the address kept by the identity provider is accepted. A recent move may not show in it.",
            },
            Warning::EndsWithFiscalYear => Words {
                ja: "年齢の条件があるため、資格は年度末(3月末)に終わり、カードでもう一度確かめます。",
                en: "The rule asks for an age, so eligibility ends with the fiscal year (March) and the card is asked for again.",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_name_of_a_field_is_its_name_in_forms() {
        for key in FieldKey::ALL {
            assert_eq!(serde_json::to_string(key).unwrap(), format!("\"{}\"", key.as_str()));
        }
    }
}
