using Dapper;

namespace TradingPlatform.Data;

/// <summary>Brings the file to the newest schema at start, one step a version; a step that another process has taken is not taken twice.</summary>
internal static class Migrations
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE instruments (symbol TEXT PRIMARY KEY, name TEXT NOT NULL, price REAL NOT NULL, priced_at TEXT);
        CREATE TABLE ticks (symbol TEXT NOT NULL, at TEXT NOT NULL, price REAL NOT NULL, volume REAL NOT NULL, PRIMARY KEY (symbol, at));
        CREATE TABLE day_stats (symbol TEXT PRIMARY KEY, low REAL NOT NULL, high REAL NOT NULL, change_percent REAL NOT NULL, volume REAL NOT NULL, updated_at TEXT NOT NULL);
        CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT NOT NULL);
        CREATE TABLE portfolios (id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id), name TEXT NOT NULL, value REAL NOT NULL DEFAULT 0, peak REAL NOT NULL DEFAULT 0, synced_at TEXT);
        CREATE TABLE positions (portfolio_id TEXT NOT NULL REFERENCES portfolios(id), symbol TEXT NOT NULL, quantity REAL NOT NULL, cost REAL NOT NULL, PRIMARY KEY (portfolio_id, symbol));
        """,
        """
        CREATE TABLE risk (portfolio_id TEXT PRIMARY KEY, exposure REAL NOT NULL, largest_share REAL NOT NULL, drawdown REAL NOT NULL, measured_at TEXT NOT NULL);
        CREATE TABLE breaches (portfolio_id TEXT NOT NULL, rule TEXT NOT NULL, value REAL NOT NULL, opened_at TEXT NOT NULL, closed_at TEXT);
        CREATE UNIQUE INDEX one_open_breach ON breaches (portfolio_id, rule) WHERE closed_at IS NULL;
        CREATE TABLE alerts (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL, symbol TEXT NOT NULL, above INTEGER NOT NULL, price REAL NOT NULL, triggered_at TEXT, triggered_price REAL, notified_at TEXT);
        CREATE TABLE bots (id TEXT PRIMARY KEY, status TEXT NOT NULL, heartbeat_at TEXT NOT NULL, restarts INTEGER NOT NULL DEFAULT 0);
        """,
        """
        CREATE TABLE replications (id TEXT PRIMARY KEY, portfolio_id TEXT NOT NULL, symbol TEXT NOT NULL, side TEXT NOT NULL, quantity REAL NOT NULL, entry_price REAL NOT NULL, opened_at TEXT NOT NULL,
                                   exit_price REAL, pnl REAL, closed_at TEXT);
        CREATE TABLE reports (day TEXT PRIMARY KEY, body TEXT NOT NULL, made_at TEXT NOT NULL);
        CREATE TABLE mails (message_id TEXT PRIMARY KEY, recipient TEXT NOT NULL, subject TEXT NOT NULL, sent_at TEXT NOT NULL);
        """,
    ];

    public static void Run(Database database)
    {
        using var connection = database.Open();
        connection.Execute("PRAGMA journal_mode = WAL");
        for (var version = 0; version < Steps.Length; version++)
        {
            using var transaction = connection.BeginTransaction(); // Takes the write lock, so that two processes do not take one step.
            if (connection.ExecuteScalar<long>("PRAGMA user_version", transaction: transaction) == version)
            {
                connection.Execute(Steps[version], transaction: transaction);
                connection.Execute($"PRAGMA user_version = {version + 1}", transaction: transaction);
            }

            transaction.Commit();
        }
    }
}
