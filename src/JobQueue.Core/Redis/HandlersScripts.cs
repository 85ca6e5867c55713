using System.Globalization;
using StackExchange.Redis;

namespace JobQueue.Redis;

/// <summary>A handler that some process has registered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LastSeen">When, by the server's clock, in ms.</param>
/// <param name="Json">Its defaults, for people.</param>
internal readonly record struct RegisteredHandler(string Name, long LastSeen, string Json);

/// <summary>Runs register_handlers.lua.</summary>
internal static class RegisterHandlersScript
{
    private const int Width = 2;

    public static Task RunAsync(RedisShard shard, IReadOnlyList<(string Name, string Json)> handlers, CancellationToken cancellationToken)
    {
        var arguments = new RedisValue[handlers.Count * Width];
        for (var i = 0; i < handlers.Count; i++)
        {
            arguments[i * Width] = handlers[i].Name;
            arguments[(i * Width) + 1] = handlers[i].Json;
        }

        return shard.EvaluateAsync(RedisScripts.RegisterHandlers, arguments, cancellationToken);
    }
}

/// <summary>Runs known_handlers.lua.</summary>
internal static class KnownHandlersScript
{
    /// <summary>Reads what processes have registered; an entry that is damaged is left out.</summary>
    public static async Task<(long Now, RegisteredHandler[] Handlers)> RunAsync(RedisShard shard, CancellationToken cancellationToken)
    {
        var reply = Reply.Items(await shard.EvaluateAsync(RedisScripts.KnownHandlers, [], cancellationToken).ConfigureAwait(false));
        var fields = Reply.Texts(reply[1]);
        var handlers = new List<RegisteredHandler>(fields.Length / 2);
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var bar = fields[i + 1].IndexOf('|', StringComparison.Ordinal);
            if (bar > 0 && long.TryParse(fields[i + 1].AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out var seen))
            {
                handlers.Add(new RegisteredHandler(fields[i], seen, fields[i + 1][(bar + 1)..]));
            }
        }

        return (Reply.Int(reply[0]), [.. handlers]);
    }
}
