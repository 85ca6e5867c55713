using System.Globalization;
using JobQueue.Embedded;
using StackExchange.Redis;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>The server that a suite measures on, with a connection of the harness's own: the same client that the library uses.</summary>
internal sealed class BenchServer : IAsyncDisposable
{
    private readonly IAsyncDisposable _process;
    private readonly ConnectionMultiplexer _connection;

    private BenchServer(IAsyncDisposable process, ConnectionMultiplexer connection, string connectionString, string name)
        => (_process, _connection, ConnectionString, Name) = (process, connection, connectionString, name);

    public string ConnectionString { get; }

    public IDatabase Database => _connection.GetDatabase();

    public string Name { get; }

    /// <summary>What it is a process of.</summary>
    public string Program => Name.StartsWith(nameof(EmbeddedServerKind.Valkey), StringComparison.Ordinal) ? "valkey-server" : "redis-server";

    /// <summary>For clients that take an address.</summary>
    public string Url
    {
        get
        {
            var configuration = ConfigurationOptions.Parse(ConnectionString);
            return $"redis://:{configuration.Password}@{configuration.EndPoints[0]}";
        }
    }

    public static async Task<BenchServer> StartAsync()
    {
        var server = await EmbeddedRedis.StartAsync();
        if (server.Server == EmbeddedServerKind.Garnet)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException("The benchmarks need redis-server or valkey-server on the PATH: Garnet does not tell what processor time it used.");
        }

        return await OfAsync(server, server.ConnectionString, $"{server.Server} {server.Version}");
    }

    /// <param name="process">What ends the server.</param>
    /// <param name="connectionString">Where it is. One that forbids the client to ask for a cluster makes a node of one look like a server of its own.</param>
    /// <param name="name">What it is.</param>
    public static async Task<BenchServer> OfAsync(IAsyncDisposable process, string connectionString, string name)
        => new(process, await ConnectionMultiplexer.ConnectAsync(connectionString + ",allowAdmin=true,syncTimeout=60000"), connectionString, name);

    /// <summary>Nothing is left of what was measured before; no host may run.</summary>
    public Task EmptyAsync() => Database.ExecuteAsync("FLUSHALL");

    /// <summary>Processor time that the server has used so far, in seconds.</summary>
    public async Task<double> CpuAsync() => await InfoAsync("cpu", "used_cpu_user") + await InfoAsync("cpu", "used_cpu_sys");

    public Task<double> MemoryAsync() => InfoAsync("memory", "used_memory");

    public async Task<string> DirectoryAsync() => ((string[])await Database.ExecuteAsync("CONFIG", "GET", "dir"))[1];

    /// <summary>Begins to log every write to disk, or ends it; the log's first image is written when this returns.</summary>
    public async Task LogToDiskAsync(string? fsync)
    {
        await Database.ExecuteAsync("CONFIG", "SET", "appendonly", fsync is null ? "no" : "yes", "appendfsync", fsync ?? "everysec");
        while (await InfoAsync("persistence", "aof_rewrite_in_progress") + await InfoAsync("persistence", "aof_rewrite_scheduled") > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    public async Task<double> InfoAsync(string section, string name)
    {
        var text = await InfoTextAsync(section, name) ?? throw new InvalidOperationException($"The server does not tell its '{name}'.");
        return double.Parse(text, CultureInfo.InvariantCulture);
    }

    /// <summary>How often a command was called so far.</summary>
    public async Task<double> CallsAsync(string command)
    {
        const string Calls = "calls=";
        var text = await InfoTextAsync("commandstats", "cmdstat_" + command);
        return text is null ? 0 : double.Parse(text.Split(',')[0][Calls.Length..], CultureInfo.InvariantCulture);
    }

    private async Task<string?> InfoTextAsync(string section, string name)
    {
        var info = (string)await Database.ExecuteAsync("INFO", section);
        return info.Split('\n').FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.Ordinal))?[(name.Length + 1)..];
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _process.DisposeAsync();
    }
}
