//! Public mail providers, by their domains.

/// Domains where people have private addresses, in the countries whose rosters are read here. An ending with a dot
/// stands for all countries (`yahoo.` for `yahoo.com`, `yahoo.fr`, `yahoo.co.uk`).
const PUBLIC_PROVIDERS: [&str; 60] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.",
    "ymail.com",
    "rocketmail.com",
    "hotmail.",
    "outlook.",
    "live.",
    "msn.com",
    "passport.com",
    "aol.",
    "aim.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "pm.me",
    "zoho.com",
    "mail.com",
    "email.com",
    "fastmail.com",
    "hey.com",
    "tutanota.com",
    "tuta.io",
    "yandex.",
    "mail.ru",
    "qq.com",
    "163.com",
    "126.com",
    "naver.com",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "charter.net",
    "earthlink.net",
    "juno.com",
    "optonline.net",
    "gmx.",
    "web.de",
    "t-online.de",
    "freenet.de",
    "arcor.de",
    "bluewin.ch",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "sfr.fr",
    "laposte.net",
    "libero.it",
    "virgilio.it",
    "tiscali.it",
    "telefonica.net",
    "uol.com.br",
    "bol.com.br",
    "terra.com.br",
    "sapo.pt",
];

/// Whether a domain, in lower case, is a public mail provider's.
pub(super) fn is_public(domain: &str) -> bool {
    PUBLIC_PROVIDERS.iter().any(|provider| match provider.strip_suffix('.') {
        Some(name) => domain.split_once('.').is_some_and(|(first, rest)| first == name && is_ending(rest)),
        None => domain == *provider,
    })
}

/// `com`, `fr`, `co.uk`, `com.br`: the ending of a country, not a name and an ending.
fn is_ending(rest: &str) -> bool {
    match rest.split_once('.') {
        None => true,
        Some((second, top)) => matches!(second, "co" | "com" | "ne" | "or") && top.len() == 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hospital_is_no_public_provider() {
        for domain in ["yahoo.co.uk", "hotmail.fr", "gmx.net", "web.de", "outlook.com.br"] {
            assert!(is_public(domain), "{domain}");
        }
        for domain in ["example.org", "live.hospital.test", "web.de.example.org", "gmail.com.example.org"] {
            assert!(!is_public(domain), "{domain}");
        }
    }
}
