using System.Text;
using System.Text.Json;
using JobQueue.Redis;
using JobQueue.Retries;
using Polly;

namespace JobQueue.Monitoring;

/// <summary>
/// Reads what processes have registered of their handlers. An entry may be of another version, or damaged: what can't be read is left out.
/// </summary>
internal static class HandlerReader
{
    /// <summary>An entry that was not refreshed for this long is no live worker's.</summary>
    private static readonly TimeSpan Live = TimeSpan.FromHours(2);

    public static HandlerInfo Read(RegisteredHandler handler, long now)
    {
        var info = new HandlerInfo
        {
            Name = handler.Name,
            LastSeenAt = DateTimeOffset.FromUnixTimeMilliseconds(handler.LastSeen),
            IsLive = now - handler.LastSeen < Live.TotalMilliseconds,
        };
        try
        {
            using var json = JsonDocument.Parse(handler.Json);
            return json.RootElement.ValueKind == JsonValueKind.Object ? Describe(info, json.RootElement) : info;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return info;
        }
    }

    private static HandlerInfo Describe(HandlerInfo info, JsonElement json) => info with
    {
        Queue = json.TryGetProperty("queue", out var queue) ? queue.GetString() : null,
        Priority = json.TryGetProperty("priority", out var word) && JobPriorities.TryParse(word.GetString(), out var priority) ? priority : null,
        MaxRetries = json.TryGetProperty("max_retries", out var retries) ? retries.GetInt32() : null,
        Timeout = json.TryGetProperty("timeout_ms", out var timeout) ? TimeSpan.FromMilliseconds(timeout.GetInt64()) : null,
        Backoff = json.TryGetProperty("backoff", out var backoff) ? ReadBackoff(backoff) : null,
        ArgsSchema = json.TryGetProperty("args_schema", out var schema) && schema.ValueKind == JsonValueKind.Object
            ? Encoding.UTF8.GetBytes(schema.GetRawText())
            : (ReadOnlyMemory<byte>?)null,
    };

    private static RetryBackoff ReadBackoff(JsonElement json) => new()
    {
        BackoffType = Enum.TryParse<DelayBackoffType>(json.GetProperty("type").GetString(), out var type) ? type : DelayBackoffType.Exponential,
        BaseDelay = TimeSpan.FromMilliseconds(json.GetProperty("base_ms").GetInt64()),
        MaxDelay = TimeSpan.FromMilliseconds(json.GetProperty("max_ms").GetInt64()),
        UseJitter = json.GetProperty("jitter").GetBoolean(),
    };
}
