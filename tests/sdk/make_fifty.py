"""Writes fifty.csv: fifty made-up people who between them have every field present and absent.

    python3 tests/sdk/make_fifty.py > tests/sdk/fifty.csv
"""

import csv
import sys

HEADERS = (
    "email,first_name,last_name,middle_name,suffix1,suffix2,npi_number,phone_number,clinic_role,level,"
    "can_create_reports,can_manage_studies,has_dashboard_access"
).split(",")

FIRST = ["Ana", "Zoë", "José", "Siân", "Łukasz", "Mei-Ling", "Günther", "Aoife", "D'Andre", "Nguyễn"]
LAST = ["O'Neil", "Müller-Lüdenscheidt", "García Márquez", "van der Berg", "Smith", "Åström", "D’Angelo", "Çelik",
        "St. John", "Ó Súilleabháin"]
MIDDLE = ["", "María", "J.", "", "de la Cruz"]
SUFFIXES = [("", ""), ("Jr.", ""), ("MD", "FACR"), ("III", "DO")]
ROLES = ["Radiologist", "Pathologists' Assistant", "Speech-Language Pathologist", "IT Support", "Other", "Scribe",
         "Front Desk Operator", "Certified Registered Nurse Anesthetist", "Physician", "Imaging Technologist"]


def npi(nine: str) -> str:
    """Nine digits and the check digit that fits them: Luhn over 80840 and all ten."""
    total = 24
    for place, digit in enumerate(reversed(nine)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return nine + str(-total % 10)


def person(n: int) -> list:
    suffix1, suffix2 = SUFFIXES[n % 4]
    admin = n % 12 == 5
    reports = n % 3 == 0
    has_npi = reports or n % 5 == 1
    # Fifteen, twelve or ten digits, or none: the range that the API takes.
    phone = ["", f"212555{100 + n:04d}", f"44207555{100 + n:04d}", f"431555550{100 + n:06d}"][n % 4]
    return [
        f"person{n:02d}@{'clinic.example.org' if n % 2 else 'Radiology.test'}",
        FIRST[n % 10],
        LAST[n * 7 // 10 % 10],
        MIDDLE[n % 5],
        suffix1,
        suffix2,
        npi(f"{1 + n % 2}{20000000 + n * 7919:08d}") if has_npi else "",
        phone,
        ROLES[n * 3 % 10],
        "admin" if admin else "member",
        str(reports).lower(),
        str(n % 2 == 0).lower(),
        str(admin or n % 4 == 1).lower(),
    ]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(HEADERS)
    out.writerows(person(n) for n in range(50))
