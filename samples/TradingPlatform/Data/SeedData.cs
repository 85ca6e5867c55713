using Dapper;
using TradingPlatform.Market;

namespace TradingPlatform.Data;

/// <summary>Fills an empty file: the same seed gives the same users, portfolios, alerts and bots.</summary>
internal static class SeedData
{
    private const int Users = 8;
    private const int Bots = 5;

    public static void Fill(Database database, PriceFeed feed, TimeProvider time)
    {
        var now = time.GetUtcNow();
        database.InTransaction((connection, transaction) =>
        {
            if (connection.ExecuteScalar<long>("SELECT COUNT(*) FROM instruments", transaction: transaction) > 0)
            {
                return false;
            }

            foreach (var (symbol, name) in PriceFeed.Instruments)
            {
                connection.Execute("INSERT INTO instruments (symbol, name, price) VALUES (@symbol, @name, @price)", new { symbol, name, price = feed.PriceOf(symbol, now) }, transaction);
            }

            for (var number = 1; number <= Users; number++)
            {
                AddUser(connection, transaction, feed, number, now);
            }

            for (var number = 1; number <= Bots; number++)
            {
                connection.Execute("INSERT INTO bots (id, status, heartbeat_at) VALUES (@id, 'running', @now)", new { id = $"bot-{number}", now }, transaction);
            }

            return true;
        });
    }

    private static void AddUser(Microsoft.Data.Sqlite.SqliteConnection connection, Microsoft.Data.Sqlite.SqliteTransaction transaction, PriceFeed feed, int number, DateTimeOffset now)
    {
        var (user, portfolio) = ($"user-{number}", $"portfolio-{number}");
        connection.Execute("INSERT INTO users (id, email) VALUES (@user, @email)", new { user, email = $"{user}@example.com" }, transaction);
        connection.Execute("INSERT INTO portfolios (id, user_id, name) VALUES (@portfolio, @user, @name)", new { portfolio, user, name = $"Portfolio {number}" }, transaction);
        for (var position = 0; position < 4; position++)
        {
            var symbol = PriceFeed.Instruments[(number + (2 * position)) % PriceFeed.Instruments.Length].Symbol;
            var price = feed.PriceOf(symbol, now);
            connection.Execute(
                "INSERT INTO positions (portfolio_id, symbol, quantity, cost) VALUES (@portfolio, @symbol, @quantity, @cost)",
                new { portfolio, symbol, quantity = Math.Round(10_000 * (position + 1) / price, 4), cost = price },
                transaction);
        }

        var watched = PriceFeed.Instruments[number % PriceFeed.Instruments.Length].Symbol;
        connection.Execute(
            "INSERT INTO alerts (user_id, symbol, above, price) VALUES (@user, @watched, @above, @price)",
            new { user, watched, above = number % 2, price = feed.PriceOf(watched, now) * (number % 2 == 1 ? 1.01 : 0.99) },
            transaction);
    }
}
