"""How the private copy of SQL-Ledger differs from the package: where it lives, and who listens where."""

import shutil
import subprocess
from pathlib import Path

from tests.real.sql_ledger_datasets import DATABASE, ROLE, User

ADMIN_PASSWORD = "secret-of-admin"
COMPANY = "Acme"
ON_DISK = "/usr/share/sql-ledger"
"""The folder every script of the package enters first, wherever the script itself lies."""

LANGUAGES = ("enGB_utf", "cn_utf", "de_utf")
"""Of the package's many languages; all of them are 3000 small files that every start would have to write."""

NEW_DATASET = {
    "dbdriver": "Pg",
    "dbuser": ROLE,
    "dbdefault": "postgres",
    "db": DATABASE,
    "company": COMPANY,
    "name": "Admin",
    "adminpassword": ADMIN_PASSWORD,
    "mastertemplates": "Default",
    "encoding": "UTF8",
    "chart": "UK_General",
}
"""The fields of the administration screen "Create Dataset"."""

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "40",
    "shared_buffers": "32MB",
}
"""No TCP port at all, and no care for power cuts: the data live as long as one test run."""

DATE_STYLES = {
    "yyyy-mm-dd": "ISO",
    "mm-dd-yy": "POSTGRES, US",
    "mm/dd/yy": "SQL, US",
    "dd-mm-yy": "POSTGRES, EUROPEAN",
    "dd/mm/yy": "SQL, EUROPEAN",
    "dd.mm.yy": "GERMAN",
}
"""The date formats of the preferences screen and what the program asks of PostgreSQL for each."""


def copy_program(package: Path, target: Path) -> None:
    """The package's program made movable: its scripts enter $SQL_LEDGER_HOME, its dangling links become folders."""
    shutil.copytree(package / ON_DISK[1:], target, symlinks=True, ignore=shutil.ignore_patterns("locale"))
    for language in LANGUAGES:
        shutil.copytree(package / ON_DISK[1:] / "locale" / language, target / "locale" / language)
    for name in ("users", "spool", "css"):
        (target / name).unlink()
        shutil.copytree(package / "var/lib/sql-ledger" / name, target / name)
    for name in ("templates", "sql-ledger.conf"):
        (target / name).unlink()
    (target / "templates").mkdir()
    settings = (package / "etc/sql-ledger/sql-ledger.conf").read_text()
    (target / "sql-ledger.conf").write_text(settings.replace("/var/lib/sql-ledger/", ""))
    (target / "users/members").write_text("# SQL-Ledger members\n\n[root login]\n\n")
    for script in target.glob("*.pl"):
        text = script.read_text(encoding="latin-1")
        script.write_text(text.replace(f'"{ON_DISK}"', "$ENV{SQL_LEDGER_HOME}"), encoding="latin-1")


def member_entry(user: User) -> str:
    """What the administration screens write into the members file for a user."""
    values = {
        "charset": "UTF8",
        "company": COMPANY,
        "dateformat": user.date_format,
        "dbconnect": f"dbi:Pg:dbname={DATABASE}",
        "dbdriver": "Pg",
        "dbname": DATABASE,
        "dboptions": f"set DateStyle to '{DATE_STYLES[user.date_format]}'",
        "dbuser": ROLE,
        "name": user.name,
        "numberformat": user.number_format,
        "password": crypted(user.password, user.full_login[:2]),
        "stylesheet": "sql-ledger.css",
        "templates": DATABASE,
        "timeout": "3600",
        "vclimit": str(user.dropdown_limit or ""),
    }
    lines = (f"{key}={value}\n" for key, value in values.items() if value)
    return f"[{user.full_login}]\n{''.join(lines)}\n"


def crypted(password: str, salt: str) -> str:
    """The old Unix hash the program compares; Perl makes it, as Python no longer does."""
    command = ["perl", "-e", "print crypt($ARGV[0], $ARGV[1])", password, salt]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def apache_settings(room: Path, modules: Path, port: int) -> str:
    """A whole httpd.conf: loopback only, CGI like Debian's, and keep-alive as Debian ships it."""
    loaded = ("mpm_event", "authz_core", "alias", "cgid", "dir", "env", "mime")
    lines = [f'LoadModule {name}_module "{modules}/mod_{name}.so"' for name in loaded]
    return "\n".join(lines) + APACHE_CONF.format(room=room, port=port)


APACHE_CONF = """
Listen 127.0.0.1:{port}
ServerName 127.0.0.1
ServerRoot "{room}"
DefaultRuntimeDir "{room}"
PidFile "{room}/apache.pid"
ScriptSock "{room}/cgid.sock"
ErrorLog "{room}/errors.log"
CustomLog "{room}/access.log" "%{{%H:%M:%S}}t %m %U%q %>s %D"
StartServers 1
MinSpareThreads 8
MaxSpareThreads 32
ThreadsPerChild 16
MaxRequestWorkers 64
KeepAlive On
MaxKeepAliveRequests 100
KeepAliveTimeout 5
TypesConfig /dev/null
AddType text/css .css
AddType text/html .html
AddType image/gif .gif
AddType image/png .png
PassEnv PATH LC_ALL PGHOST SQL_LEDGER_HOME
Alias /sql-ledger/ "{room}/program/"
<Directory />
  Require all denied
</Directory>
<Directory "{room}/program">
  Require all granted
  AddHandler cgi-script .pl
  Options ExecCGI FollowSymlinks
</Directory>
<Directory "{room}/program/users">
  Require all denied
</Directory>
"""
