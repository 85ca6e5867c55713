using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;

namespace TradingPlatform.Data;

/// <summary>The platform's business data in one SQLite file, which several processes may share. Safe to use from any thread.</summary>
internal sealed class Database(string path)
{
    private readonly string _connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30, Pooling = true }.ToString();

    public string Path => path;

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        return connection;
    }

    /// <summary>Runs a statement; answers how many rows it changed.</summary>
    public int Execute(string sql, object? parameters = null)
    {
        using var connection = Open();
        return connection.Execute(sql, parameters, commandType: CommandType.Text); // A single word is a stored procedure to Dapper else.
    }

    public IReadOnlyList<T> Query<T>(string sql, object? parameters = null)
    {
        using var connection = Open();
        return [.. connection.Query<T>(sql, parameters)];
    }

    public T? Find<T>(string sql, object? parameters = null)
    {
        using var connection = Open();
        return connection.QueryFirstOrDefault<T>(sql, parameters);
    }

    /// <summary>Changes several tables together, or none.</summary>
    public T InTransaction<T>(Func<SqliteConnection, SqliteTransaction, T> change)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        var result = change(connection, transaction);
        transaction.Commit();
        return result;
    }
}
