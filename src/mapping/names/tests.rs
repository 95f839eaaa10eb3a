//! Names as rosters write them. All of them are made up.

use super::*;

/// first|middle|last|generation|credential
pub(super) fn apart_in(text: &str, order: NameOrder) -> String {
    match take_apart(text, order) {
        Ok(p) => [
            p.first,
            p.middle.unwrap_or_default(),
            p.last,
            p.generation.unwrap_or_default(),
            p.credential.unwrap_or_default(),
        ]
        .join("|"),
        Err(why) => format!("{why:?}"),
    }
}

fn all_come_apart(names: &[(&str, &str)], order: NameOrder) {
    let missed: Vec<String> = names
        .iter()
        .map(|(text, expected)| (text, expected, apart_in(text, order)))
        .filter(|(_, expected, got)| *expected != got)
        .map(|(text, expected, got)| format!("{text}: {got}, not {expected}"))
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn names_with_a_comma_come_apart() {
    all_come_apart(
        &[
            ("Ruiz, Ana", "Ana||Ruiz||"),
            ("Ruiz,Ana", "Ana||Ruiz||"),
            (" Ruiz ,  Ana ,", "Ana||Ruiz||"),
            ("RUIZ, ANA M", "ANA|M|RUIZ||"),
            ("Ruiz, Ana M.", "Ana|M.|Ruiz||"),
            ("Ruiz, A. B.", "A.|B.|Ruiz||"),
            ("Ruiz, Ana Maria", "Ana|Maria|Ruiz||"),
            ("Ruiz, Ana, Jr.", "Ana||Ruiz|Jr.|"),
            ("Diaz, Cal III", "Cal||Diaz|III|"),
            ("Smith Jr, John A.", "John|A.|Smith|Jr|"),
            ("Smith, Jr., John", "John||Smith|Jr.|"),
            ("SMITH, JR, JOHN A, MD", "JOHN|A|SMITH|JR|MD"),
            ("Smith, John M., Jr., MD", "John|M.|Smith|Jr.|MD"),
            ("Smith III MD, John", "John||Smith|III|MD"),
            ("Roe, Jane, DDS", "Jane||Roe||DDS"),
            ("Roe, Jane Q., M.D., Ph.D.", "Jane|Q.|Roe||M.D., Ph.D."),
            ("Roe, Jane, M. D.", "Jane||Roe||M.D."),
            ("Roe, Jane Q. Ph. D.", "Jane|Q.|Roe||Ph.D."),
            ("Roe MD, Jane", "Jane||Roe||MD"),
            ("Roe, Jane RT(R)(CT)", "Jane||Roe||RT(R)(CT)"),
            ("Roe, Jane, RN, BSN, CNOR", "Jane||Roe||RN, BSN, CNOR"),
            ("Roe, Jane, RRT-NPS", "Jane||Roe||RRT-NPS"),
            ("Roe, Jane (Acme)", "Jane||Roe||"),
            ("Ruiz, Ana (Imaging North)", "Ana||Ruiz||"),
            ("Ruiz, Ana(1001)", "Ana||Ruiz||"),
            ("Ruiz, Ana [x]", "Ana||Ruiz||"),
            ("Ruiz, Ana*", "Ana||Ruiz||"),
            ("Ruiz, Ana; MD; PhD", "Ana||Ruiz||MD, PhD"),
            ("MD, Ana Ruiz", "Ana||Ruiz||MD"),
            ("Jr, John Smith", "John||Smith|Jr|"),
            ("Ruiz, Ana \"Nina\"", "Ana||Ruiz||"),
            ("Ruiz, Ana 'Nina' M.", "Ana|M.|Ruiz||"),
            ("Ruiz, Ana \u{201c}Nina\u{201d}", "Ana||Ruiz||"),
            ("Ruiz, Dr. Ana", "Ana||Ruiz||"),
            ("Ruiz, Ana, Dr.", "Ana||Ruiz||"),
            ("Dr. Ruiz, Ana", "Ana||Ruiz||"),
            ("de la Cruz, Maria", "Maria||de la Cruz||"),
            ("Cruz, Maria de la", "Maria||de la Cruz||"),
            ("Berg, Jan van der", "Jan||van der Berg||"),
            ("van der Berg, Jan", "Jan||van der Berg||"),
            ("Hooft, Pieter 't", "Pieter||'t Hooft||"),
            ("O'Neil, Sean", "Sean||O'Neil||"),
            ("O\u{2019}Neil, Sean", "Sean||O\u{2019}Neil||"),
            ("D'Angelo, Rosa", "Rosa||D'Angelo||"),
            ("McDonald, Ian", "Ian||McDonald||"),
            ("Al-Sayed, Omar", "Omar||Al-Sayed||"),
            ("Al Sayed, Omar", "Omar||Al Sayed||"),
            ("Nguyen Thi, Lan", "Lan||Nguyen Thi||"),
            ("Ruiz Diaz, Ana Maria", "Ana|Maria|Ruiz Diaz||"),
            ("Ruiz-Diaz, Ana-Maria", "Ana-Maria||Ruiz-Diaz||"),
            ("Luna y Campo, Pio", "Pio||Luna y Campo||"),
            ("St. John, Mary", "Mary||St. John||"),
            ("Do, Kim", "Kim||Do||"),
            ("DO, KIM", "KIM||DO||"),
            ("Le, An", "An||Le||"),
            ("Ma, Jun", "Jun||Ma||"),
            ("Co, Ana", "Ana||Co||"),
            ("Sa, Rui", "Rui||Sa||"),
        ],
        NameOrder::Auto,
    );
}

#[test]
fn names_without_a_comma_come_apart() {
    all_come_apart(
        &[
            ("Ana Ruiz", "Ana||Ruiz||"),
            ("ana ruiz", "ana||ruiz||"),
            ("ANA RUIZ", "ANA||RUIZ||"),
            ("Jane Roe, DDS", "Jane||Roe||DDS"),
            ("Bea Cohn", "Bea||Cohn||"),
            ("Bea Cohn, RN", "Bea||Cohn||RN"),
            ("Jane Q. Roe, MD, PhD", "Jane|Q.|Roe||MD, PhD"),
            ("Jane Roe MD", "Jane||Roe||MD"),
            ("Jane Roe, M.D.", "Jane||Roe||M.D."),
            ("Jane Roe M. D.", "Jane||Roe||M.D."),
            ("Jane Roe, MD FACR", "Jane||Roe||MD, FACR"),
            ("Jane Roe Jr MD", "Jane||Roe|Jr|MD"),
            ("John M. Smith Jr.", "John|M.|Smith|Jr.|"),
            ("John Smith II", "John||Smith|II|"),
            ("John Smith, III, MD", "John||Smith|III|MD"),
            ("Jane Roe, RT(R)(CT)", "Jane||Roe||RT(R)(CT)"),
            ("Jane Roe, RN, BSN", "Jane||Roe||RN, BSN"),
            ("Jane Roe OTR/L", "Jane||Roe||OTR/L"),
            ("Jane Roe MA", "Jane||Roe||MA"),
            ("Kim Do", "Kim||Do||"),
            ("J. R. R. Tolk", "J.|R. R.|Tolk||"),
            ("J.R. Roe", "J.R.||Roe||"),
            ("Ana Maria Ruiz", "Ana|Maria|Ruiz||"),
            ("Maria de la Cruz", "Maria||de la Cruz||"),
            ("Maria de la Cruz Lopez", "Maria||de la Cruz Lopez||"),
            ("Jan van der Berg", "Jan||van der Berg||"),
            ("Jan v. d. Berg", "Jan||v. d. Berg||"),
            ("Ana V. Ruiz", "Ana|V.|Ruiz||"),
            ("Otto von und zu Stein", "Otto||von und zu Stein||"),
            ("Mary St. John", "Mary||St. John||"),
            ("Omar Al-Sayed", "Omar||Al-Sayed||"),
            ("Omar Al Sayed", "Omar||Al Sayed||"),
            ("Jean-Pierre Dupont", "Jean-Pierre||Dupont||"),
            ("Ana Ruiz (1001)", "Ana||Ruiz||"),
            ("Ana (Nina) Ruiz", "Ana||Ruiz||"),
            ("Ana \"Nina\" Ruiz", "Ana||Ruiz||"),
            ("Ana 'Nina' Ruiz", "Ana||Ruiz||"),
            ("Ana \u{201e}Nina\u{201c} Ruiz", "Ana||Ruiz||"),
            ("Don Ruiz", "Don||Ruiz||"),
            ("Phil Roe", "Phil||Roe||"),
            ("Ana Co", "Ana||Co||"),
            ("de la Cruz Maria", "Maria||de la Cruz||"),
            ("VAN DER BERG JAN", "JAN||VAN DER BERG||"),
            ("Van Nguyen", "Van||Nguyen||"),
            ("Do Van Minh", "Do||Van Minh||"),
        ],
        NameOrder::Auto,
    );
}

#[test]
fn forms_of_address_in_six_languages_are_left_off() {
    let titles = [
        "Dr.",
        "Dr",
        "DR.",
        "Mr.",
        "Mrs",
        "Ms.",
        "Prof.",
        "Prof. Dr.",
        "Herr",
        "Frau",
        "Herr Dr.",
        "Frau Prof. Dr. med.",
        "Dr. med.",
        "Dr. med. dent.",
        "Dr. rer. nat.",
        "Priv.-Doz. Dr.",
        "PD Dr.",
        "Dipl.-Ing.",
        "Mme",
        "Mlle",
        "Docteur",
        "Mme Dr.",
        "Sr.",
        "Sra.",
        "Srta.",
        "Dra.",
        "Doña",
        "Sig.",
        "Sig.ra",
        "Dott.",
        "Dott.ssa",
        "Dr.ssa",
        "Dottoressa",
        "Prof.ssa",
        "Senhor",
        "Senhora",
        "Doutora",
        "Profa.",
    ];
    for title in titles {
        assert_eq!(apart_in(&format!("{title} Ana Ruiz"), NameOrder::Auto), "Ana||Ruiz||", "{title}");
        assert_eq!(apart_in(&format!("Ruiz, {title} Ana"), NameOrder::Auto), "Ana||Ruiz||", "{title}");
    }
    assert_eq!(apart_in("Dr.Ana Ruiz", NameOrder::Auto), "Ana||Ruiz||");
    assert_eq!(take_apart("Prof. Dr. Ana Ruiz (1001)", NameOrder::Auto).unwrap().left_off, ["(1001)", "Prof.", "Dr."]);
}

#[test]
fn a_last_name_in_capitals_is_known_by_them() {
    all_come_apart(
        &[
            ("RUIZ Ana", "Ana||RUIZ||"),
            ("Ana RUIZ", "Ana||RUIZ||"),
            ("DUPONT Jean-Pierre", "Jean-Pierre||DUPONT||"),
            ("DUPONT MARTIN Jeanne", "Jeanne||DUPONT MARTIN||"),
            ("DUPONT-MARTIN Jeanne Marie", "Jeanne|Marie|DUPONT-MARTIN||"),
            ("Jeanne DUPONT MARTIN", "Jeanne||DUPONT MARTIN||"),
            ("RUIZ Ana M.", "Ana|M.|RUIZ||"),
            ("Ana M. RUIZ", "Ana|M.|RUIZ||"),
            ("RUIZ Ana, MD", "Ana||RUIZ||MD"),
            ("Dr. RUIZ Ana", "Ana||RUIZ||"),
            ("Mme DUPONT Jeanne", "Jeanne||DUPONT||"),
            ("de la CRUZ Maria", "Maria||de la CRUZ||"),
            ("Maria de la CRUZ", "Maria||de la CRUZ||"),
            ("DE LA CRUZ Maria", "Maria||DE LA CRUZ||"),
            ("VAN DER BERG Jan", "Jan||VAN DER BERG||"),
            ("Jan VAN DER BERG", "Jan||VAN DER BERG||"),
            ("McDONALD Ian", "Ian||McDONALD||"),
            ("O'NEIL Sean", "Sean||O'NEIL||"),
            ("MÜLLER Jörg", "Jörg||MÜLLER||"),
            ("GROß Eva", "Eva||GROß||"),
            ("Wei LI", "Wei||LI||"),
            ("J. RUIZ", "J.||RUIZ||"),
            ("LI Wei", "NameOrInitials"),
            ("JP Ruiz", "NameOrInitials"),
            ("Ana Ruiz RPQST", "NameOrDegree"),
            ("RUIZ Ana Maria Eva", "TooManyNames"),
        ],
        NameOrder::Auto,
    );
}

#[test]
fn what_is_unclear_is_said() {
    all_come_apart(
        &[
            ("Ms. Johnson", "OneName"),
            ("Madonna", "OneName"),
            ("Ruiz, MD", "OneName"),
            ("Ruiz MD", "OneName"),
            ("RUIZ, MA", "OneName"),
            ("Smith, Jones & Co", "NotAPerson"),
            ("Ruiz Co.", "NotAPerson"),
            ("Acme Payroll, Inc.", "NotAPerson"),
            ("Locum Radiologist", "NotAPerson"),
            ("Open Position", "NotAPerson"),
            ("Acme Radiology, P.C.", "NotAPerson"),
            ("Ruiz, Ana - Radiology", "NotAPerson"),
            ("Ruiz, Ana - North", "Dash"),
            ("LINH THI DO", "NameOrDegree"),
            ("Ana Maria Ruiz Diaz", "TooManyNames"),
            ("Pio Luna y Campo", "TooManyNames"),
            ("de la Cruz Lopez Maria", "TooManyNames"),
            ("Ruiz, Ana, Maria", "TooManyCommas"),
            ("SMITH JOHN A", "InitialAtTheEnd"),
            ("Ana R.", "InitialAtTheEnd"),
            ("M. Dupont", "MonsieurOrInitial"),
            ("M. Jean Dupont", "MonsieurOrInitial"),
            ("ana@example.org", "Address"),
            ("Ana Ruiz; Ken Ito", "SeveralPeople"),
            ("Ana and Ken Ruiz", "SeveralPeople"),
            ("1001", "NoName"),
            ("Ana Ruiz 1001", "NoName"),
            ("(1001)", "NoName"),
            ("Dr.", "NoName"),
        ],
        NameOrder::Auto,
    );
}

#[test]
fn the_order_can_be_told() {
    all_come_apart(
        &[
            ("Ruiz Ana M.", "Ana|M.|Ruiz||"),
            ("de la Cruz Maria", "Maria||de la Cruz||"),
            ("SMITH JOHN A", "JOHN|A|SMITH||"),
            ("RUIZ ANA", "ANA||RUIZ||"),
            ("RUIZ DIAZ Ana", "Ana||RUIZ DIAZ||"),
            ("LI Wei", "Wei||LI||"),
        ],
        NameOrder::LastFirst,
    );
    all_come_apart(&[("JP Ruiz", "JP||Ruiz||"), ("LI Wei", "LI||Wei||")], NameOrder::FirstLast);
}

#[test]
fn the_order_that_is_told_does_not_guess() {
    all_come_apart(
        &[
            ("Weber Anna", "Anna||Weber||"),
            ("Weber Anna M.", "Anna|M.|Weber||"),
            ("Smith Jr. John", "John||Smith|Jr.|"),
            ("Smith III John Paul", "John|Paul|Smith|III|"),
            ("Smith Jr., John", "John||Smith|Jr.|"),
            ("Weber, Anna", "Anna||Weber||"),
            ("Weber Anna MD", "Anna||Weber||MD"),
            ("Dr. Weber Anna", "Anna||Weber||"),
            ("Pfleger Max", "Max||Pfleger||"),
            ("Pastor Ana", "Ana||Pastor||"),
            ("García López José", "TooManyNames"),
            ("Ruiz Ana Maria", "TooManyNames"),
            ("Pfleger Max Otto", "TitleOrName"),
            ("Anna WEBER", "CapitalsAgainstOrder"),
        ],
        NameOrder::LastFirst,
    );
    all_come_apart(&[("WEBER Anna", "CapitalsAgainstOrder"), ("Anna WEBER", "Anna||WEBER||")], NameOrder::FirstLast);
    all_come_apart(&[("Smith Jr. John", "TooManyNames"), ("Smith, Jr. John", "NameOrDegree")], NameOrder::Auto);
}

#[test]
fn titles_that_may_be_names_are_left_off_or_asked_about() {
    for title in [
        "Mevr.",
        "Mevrouw",
        "Dhr.",
        "Meneer",
        "Mw.",
        "Drs.",
        "Ir.",
        "Fru",
        "Hr.",
        "Bc.",
        "Mgr.",
        "MUDr.",
        "JUDr.",
        "PhDr.",
        "PharmDr.",
        "MVDr.",
        "lek.",
        "Lic.",
        "Arq.",
        "Ing.",
        "Enf.",
        "Enfª",
        "Profª",
        "D.ª",
        "Sra.",
        "Srta.",
        "Señora",
        "Dre.",
        "Sœur",
        "Infirmière",
        "Suor",
        "Sig.na",
        "Sig.ra",
        "Doktor",
        "Dipl.-Psych.",
        "Dipl.-Ing.",
        "Dipl.-Med.",
        "Schwester",
        "Pfleger",
        "Hebamme",
        "Mister",
        "Father",
        "Sister",
        "Br.",
        "Engr.",
        "Atty.",
        "Tech",
        "Nurse",
    ] {
        assert_eq!(apart_in(&format!("{title} Ana Ruiz"), NameOrder::Auto), "Ana||Ruiz||", "{title}");
    }
    for title in ["Pan", "Pani", "Pastor", "Rabbi", "Dre", "Lek", "Lady", "Dame", "Don", "Xyz.", "Cand.med."] {
        assert_eq!(apart_in(&format!("{title} Ana Ruiz"), NameOrder::Auto), "TitleOrName", "{title}");
    }
    all_come_apart(
        &[
            ("Schwester Ana", "TitleOrName"),
            ("Nurse Roe RN", "TitleOrName"),
            ("Pastor Ruiz", "TitleOrName"),
            ("Don Ruiz", "Don||Ruiz||"),
            ("Pastor, Ana", "Ana||Pastor||"),
            ("Pastor Ruiz, Ana", "Ana||Pastor Ruiz||"),
            ("Pfleger, Max", "Max||Pfleger||"),
            ("Nurse, Joan", "Joan||Nurse||"),
            ("Pan, Wei", "Wei||Pan||"),
            ("Ruiz, Lady Ana", "Lady|Ana|Ruiz||"),
            ("Weber, Schwester Ana", "Ana||Weber||"),
            ("Weber, Anna, Dr. med.", "Anna||Weber||"),
            ("Ana Ruiz, Lic.", "Ana||Ruiz||"),
            ("María del Carmen Ruiz", "TooManyNames"),
            ("Ruiz, María del Carmen", "María|del Carmen|Ruiz||"),
            ("María de la Cruz", "María||de la Cruz||"),
            ("Ste. Marie, Anne", "Anne||Ste. Marie||"),
        ],
        NameOrder::Auto,
    );
}

#[test]
fn a_degree_that_nobody_knows_is_no_name() {
    all_come_apart(
        &[
            ("Anna Muster, QXZ", "NameOrDegree"),
            ("Anna Muster, AEX", "NameOrDegree"),
            ("Anna Muster, Q.X.Z.", "NameOrDegree"),
            ("Anna Muster, QXZ, RN", "NameOrDegree"),
            ("ANNA MUSTER, QXZ", "NameOrDegree"),
            ("Muster, QXZ", "NameOrDegree"),
            ("Muster, Anna AEX", "NameOrDegree"),
            ("Muster QXZ, Anna", "NameOrDegree"),
            ("Anna Muster AE", "NameOrDegree"),
            ("Anna Muster AEX", "NameOrDegree"),
            ("MUSTER Anna AEX", "NameOrDegree"),
            ("Anna MUSTER QXZ", "NameOrDegree"),
            ("ANNA MUSTER QXZ", "NameOrDegree"),
            ("Anna Muster, CRC", "Anna||Muster||CRC"),
            ("Muster, Anna CRC", "Anna||Muster||CRC"),
            ("Anna Muster ND", "Anna||Muster||ND"),
            ("Anna Muster, LAc", "Anna||Muster||LAc"),
            ("Anna Muster, AAS", "Anna||Muster||AAS"),
            ("Anna Muster, LL.M.", "Anna||Muster||LL.M."),
            ("Anna Muster, CT(ASCP)", "Anna||Muster||CT(ASCP)"),
            ("Jan Novák, DiS.", "NameOrDegree"),
            ("Jan Novák, Zdip.", "NameOrDegree"),
            ("Ana Ruiz, Technologist", "NameOrDegree"),
            ("Ana Ruiz, Tech", "NameOrDegree"),
            ("Ana Ruiz, Charge Nurse", "NameOrDegree"),
            ("Ana Ruiz Technologist", "NameOrDegree"),
            ("Ruiz, Ana Technologist", "NameOrDegree"),
            ("Mary Ann Porter", "Mary|Ann|Porter||"),
            ("Ana Nurse", "Ana||Nurse||"),
            ("Ruiz Diaz, LaTonya", "LaTonya||Ruiz Diaz||"),
            ("Weber geb. Roth, Anna", "BornName"),
            ("Weber, Anna geb. Roth", "BornName"),
            ("Anna Weber née Roth", "BornName"),
            ("Sean Nee", "Sean||Nee||"),
            ("Kari Aas", "Kari||Aas||"),
            ("Smith, John - RN", "John||Smith||RN"),
            ("Smith, JP", "JP||Smith||"),
            ("Anna LI", "Anna||LI||"),
            ("Anna M. RUIZ", "Anna|M.|RUIZ||"),
            ("Ruiz Diaz, Ana Maria", "Ana|Maria|Ruiz Diaz||"),
            ("García López, María José", "María|José|García López||"),
            ("García López, José", "José||García López||"),
            ("John Smith, Jane Doe", "PerhapsTwoPeople"),
            ("B.R. Smith", "B.R.||Smith||"),
            ("D.R. Smith", "D.R.||Smith||"),
            ("FNU, Ana", "NotKnown"),
            ("Ruiz, Fnu", "NotKnown"),
            ("LNU Ana", "NotKnown"),
        ],
        NameOrder::Auto,
    );
}
