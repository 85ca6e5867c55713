using JobQueue.Embedded.Servers;
using StackExchange.Redis;

namespace JobQueue.Embedded.Tests.Support;

internal static class EmbeddedRedisTestExtensions
{
    public static Task<ConnectionMultiplexer> ConnectAsync(this EmbeddedRedis server) => ConnectionMultiplexer.ConnectAsync(server.ConnectionString);

    public static string Password(this EmbeddedRedis server) => ConfigurationOptions.Parse(server.ConnectionString).Password;

    /// <summary>Sends commands over a plain connection that has given no password.</summary>
    public static async Task<string> SendWithoutPasswordAsync(this EmbeddedRedis server, params string[] command)
    {
        using var connection = new RespConnection();
        await connection.ConnectAsync(server.Port, TestContext.Current.CancellationToken);
        return await connection.SendAsync(command, TestContext.Current.CancellationToken);
    }
}
