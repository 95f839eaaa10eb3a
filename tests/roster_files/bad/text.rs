//! Text files that are no table, or not one that can be read.

use super::{all_refused, bad};

#[test]
fn text_that_is_no_table() {
    all_refused(vec![
        bad("nothing", "", "roster_empty", "is empty"),
        bad("only a mark", "\u{feff}", "roster_empty", "is empty"),
        bad("only blank lines", "\r\n\r\n  \n", "roster_empty", "is empty"),
        bad("only a header", "Name,Email\n", "roster_without_rows", "header in row 1"),
        bad("a header and blanks", "\n\nName,Email\n,\n\n", "roster_without_rows", "header in row 3"),
        bad("a header and a total", "Name,Email\nTotal,0\n", "roster_without_rows", "no row of a person"),
        bad("data at once", "Ana Ruiz,ana@example.org\nBo Lee,bo@example.org\n", "header_not_found", "first 2 rows"),
        bad("a list of addresses", "ana@example.org\nbo@example.org\n", "header_not_found", "looks like a header"),
        bad("prose", "Dear all,\nthe roster is attached.\nRegards\n", "header_not_found", "first 3 rows"),
        bad("a web page", "\n<!DOCTYPE html><html><body>Sign in</body></html>", "roster_not_a_table", "a web page"),
        bad("a table of HTML called .xls", "<table><tr><td>Name</td></tr></table>", "roster_not_a_table", "a web page"),
        bad("XML", "<?xml version=\"1.0\"?><Workbook/>", "roster_not_a_table", "XML"),
        bad("JSON", "[{\"name\":\"Ana\"}]", "roster_not_a_table", "JSON"),
        bad("RTF", "{\\rtf1 Name Email}", "roster_not_a_table", "RTF"),
        bad("a PDF", "%PDF-1.7\n%\u{e2}", "roster_not_a_table", "a PDF"),
        bad("gzip", &b"\x1f\x8b\x08\0\0\0"[..], "roster_not_a_table", "gzip"),
        bad("a picture", &b"\x89PNG\r\n\x1a\n\0\0"[..], "roster_not_a_table", "a picture"),
        bad("UTF-32", &b"\xff\xfe\0\0N\0\0\0"[..], "roster_not_a_table", "UTF-32"),
    ]);
}

#[test]
fn what_other_programs_call_a_spreadsheet() {
    let excel_2003 = r#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>"#;
    let flat =
        r#"<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>"#;
    let mut dbase = vec![0x03, 126, 9, 1, 2, 0, 0, 0, 97, 0, 81, 0];
    dbase.resize(400, 0);
    let mut owner = [&b"\x08Ana Ruiz"[..], &[b' '; 46], &[8, 0]].concat();
    owner.resize(165, 0);
    all_refused(vec![
        bad(
            "a page behind a comment",
            "<!-- export -->\n<html><table></table></html>",
            "roster_not_a_table",
            "a web page",
        ),
        bad("a page without its top", "<meta charset=utf-8><table></table>", "roster_not_a_table", "a web page"),
        bad("a page of styles", "<style>td{}</style><table></table>", "roster_not_a_table", "a web page"),
        bad("XHTML", "<?xml version=\"1.0\"?><html></html>", "roster_not_a_table", "a web page"),
        bad("a web archive", "MIME-Version: 1.0\nX-Document-Type: Workbook\n", "roster_not_a_table", "a web archive"),
        bad("an XML spreadsheet called .xls", excel_2003, "roster_not_a_table", "an XML spreadsheet of Excel 2003"),
        bad("OpenDocument in one piece", flat, "roster_not_a_table", "an OpenDocument file in one piece"),
        bad("SYLK", "ID;PSCALC3\nC;X1;Y1;K\"Name\"\nC;X2;K\"Email\"\nE\n", "roster_not_a_table", "a SYLK file"),
        bad("DIF", "TABLE\r\n0,1\r\n\"EXCEL\"\r\n", "roster_not_a_table", "a DIF file"),
        bad("dBase", dbase, "roster_not_a_table", "a dBase table"),
        bad("Access", &b"\0\x01\0\0Standard ACE DB\0"[..], "roster_not_a_table", "a database (Access)"),
        bad("Excel 95 as a bare stream", &b"\x09\x08\x08\0\0\x05\x10\0"[..], "roster_not_a_table", "Excel 5 or 95"),
        bad("Excel 2", &b"\x09\0\x04\0\x02\0\x10\0"[..], "roster_not_a_table", "a workbook of Excel 2"),
        bad("an address book", "BEGIN:VCARD\nN:Ruiz;Ana\nEND:VCARD\n", "roster_not_a_table", "an address book"),
        bad("a directory's export", "dn: cn=Ana\nmail: ana@example.org\n", "roster_not_a_table", "LDIF"),
        bad(
            "a script",
            "INSERT INTO staff (name, email) VALUES ('Ana', 'a@example.org');",
            "roster_not_a_table",
            "SQL",
        ),
        bad("what Excel keeps beside a workbook", owner, "roster_lock_file", "stands beside a workbook"),
        bad(
            "what LibreOffice does",
            ",ana,desk,01.09.2026 10:00,file:///home/ana;",
            "roster_lock_file",
            "beside a workbook",
        ),
        bad("a delimiter nobody uses", "Name^Email\nAna^ana@example.org\n", "header_not_found", "first 2 rows"),
        bad("a file that is still being written", &b"\0".repeat(4096)[..], "nul_byte", "line 1: byte 1 "),
    ]);
}

#[test]
fn text_with_wrong_cells() {
    let far = format!("Name,Email\n{}\"Bo,bo@example.org\n", "Ana,ana@example.org\n".repeat(20_000));
    let wide = format!("Name,Email\n{}\n", "x,".repeat(1_000_000));
    let wide_header = format!("Name,Email{}\nAna,ana@example.org\n", ",".repeat(20_000));
    let long = format!("Name,Email\n{},ana@example.org\n", "x".repeat(3_000_000));
    let long_quoted = format!("Name,Email\n\"{}\",ana@example.org\n", "x".repeat(3_000_000));
    all_refused(vec![
        bad(
            "a quote to the end",
            "Name,Email\nAna,ana@example.org\n\"Bo,bo@example.org\nCy,cy@example.org\n",
            "unclosed_quote",
            "line 3:",
        ),
        bad(
            "a quote that another closes",
            "Name,Email\n\"Ana,ana@example.org\nBo,\"bo@example.org\"\n",
            "unclosed_quote",
            "line 2:",
        ),
        bad("a quote far below", far, "unclosed_quote", "line 20002:"),
        bad(
            "a quote after blank lines",
            "Name,Email\r\n\r\nAna,ana@example.org\r\n\r\nBo,\"bo@example.org\r\n",
            "unclosed_quote",
            "line 5:",
        ),
        bad(
            "a quote in the second line of a row",
            "Name,Email,Phone\n\"A\nna\",\"ana@example.org,1\n",
            "unclosed_quote",
            "line 3:",
        ),
        bad("a quote in the header", "Name,\"Email\nAna,ana@example.org\n", "unclosed_quote", "line 1:"),
        bad("a million columns", wide, "too_many_columns", "row 2: there are more than 16384"),
        bad("a header of 20,000 columns", wide_header, "too_many_columns", "row 1:"),
        bad("a cell of 3 MB", long, "cell_too_large", "row 2: a cell"),
        bad("a quoted cell of 3 MB", long_quoted, "cell_too_large", "row 2: a cell"),
        bad("a delimiter of two characters", "Name,Email\n", "bad_delimiter", "--delimiter \";;\"")
            .with(|options| options.delimiter = Some(";;".into())),
        bad(
            "a header row that is blank",
            "Name,Email\n\nAna,a@example.org\n",
            "header_row_missing",
            "row 2 holds no header",
        )
        .with(|options| options.header_row = Some(2)),
        bad("a header row inside a row", "\"Name\n\",Email\nAna,a@example.org\n", "header_row_missing", "row 2")
            .with(|options| options.header_row = Some(2)),
        bad("a header row below the end", "Name,Email\nAna,a@example.org\n", "header_row_missing", "row 99")
            .with(|options| options.header_row = Some(99)),
    ]);
}
