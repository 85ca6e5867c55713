using System.Net;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>How this process's connections are configured, from the connection string of its options.</summary>
internal static class RedisConfiguration
{
    private const int ReconnectAfterMs = 1_000;
    private const string ConfigCheck = "configCheckSeconds";
    private const int ConfigCheckSeconds = 5;

    /// <summary>
    /// Keeps the client from learning of other servers than the one it is given: what carries no key would go to any of them. Each version
    /// of the client passes over commands that it does not know.
    /// </summary>
    private const string OneServer = ",$CLUSTER=,$INFO=,$HELLO=,$SENTINEL=";

    public static ConfigurationOptions Of(JobQueueOptions options) => Of(options, options.ConnectionString!);

    /// <summary>A connection to one server of those that the connection string leads to, for <see cref="AcknowledgedLine"/>.</summary>
    public static ConfigurationOptions Of(JobQueueOptions options, EndPoint server)
    {
        var configuration = Of(options, options.ConnectionString + OneServer);
        configuration.EndPoints.Clear();
        configuration.EndPoints.Add(server);
        configuration.ClientName += "-acknowledged";
        configuration.TieBreaker = "";
        configuration.ConfigurationChannel = "";
        configuration.DefaultVersion = StartUpCheck.OldestServer;
        configuration.AllowAdmin = true; // Newer versions count CLIENT among what needs it.

        // The server may be gone or frozen, and another its successor: one short try, then it is asked again which server it is.
        var limit = (int)options.CallTimeout.TotalMilliseconds;
        configuration.ConnectRetry = 1;
        configuration.ConnectTimeout = Math.Min(configuration.ConnectTimeout, limit / 2);

        // A wait for replicas is no silence.
        configuration.SyncTimeout = Math.Max(configuration.SyncTimeout, limit);
        configuration.KeepAlive = Math.Max(configuration.KeepAlive, (limit / 1_000) + 1);
        return configuration;
    }

    private static ConfigurationOptions Of(JobQueueOptions options, string connectionString)
    {
        var configuration = ConfigurationOptions.Parse(connectionString);
        configuration.AbortOnConnectFail = true;
        configuration.ClientName ??= "JobQueue-" + options.WorkerName;
        if (configuration.KeepAlive <= 0)
        {
            configuration.KeepAlive = 5; // Seconds; what stands between keeps the connection open.
        }

        // The client may believe in a master that has been replaced until it looks at the roles of its servers again: seen for a minute, its own default.
        if (!connectionString.Contains(ConfigCheck, StringComparison.OrdinalIgnoreCase))
        {
            configuration.ConfigCheckSeconds = ConfigCheckSeconds;
        }

        // Newer versions of the client wait twice as long after each failure, up to a minute: leases would run out after Redis is back.
        configuration.ReconnectRetryPolicy = new LinearRetry(ReconnectAfterMs);
        return configuration;
    }
}
