using System.Text;
using System.Text.Json;

namespace JobQueue;

/// <summary>A job's progress as it is stored: small JSON that people can read with redis-cli.</summary>
internal static class JobProgressJson
{
    /// <summary>A message above this length is cut.</summary>
    public const int MaxMessageLength = 1_024;

    public static byte[] Write(double fraction, string? message, long at)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("at"u8, at);
            writer.WriteNumber("fraction"u8, fraction);
            if (message is not null)
            {
                // By way of bytes: half a character, where a text was cut or was broken before, becomes one that can be written.
                writer.WriteString("message"u8, Encoding.UTF8.GetBytes(message.Length > MaxMessageLength ? message[..MaxMessageLength] : message));
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <returns>Null when there is none, or when what is stored can't be read: it is for people, and hides no job.</returns>
    public static JobProgress? Read(byte[]? stored)
    {
        if (stored is not { Length: > 0 })
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(stored);
            return json.RootElement is { ValueKind: JsonValueKind.Object } progress
                && TryReadNumber(progress, "at", out var at) && TryReadNumber(progress, "fraction", out var fraction)
                && fraction is >= 0 and <= 1 && at >= 0 && at <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
                ? new JobProgress(fraction, ReadMessage(progress), DateTimeOffset.FromUnixTimeMilliseconds((long)at))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool TryReadNumber(JsonElement progress, string name, out double value)
    {
        value = 0;
        return progress.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetDouble(out value);
    }

    private static string? ReadMessage(JsonElement progress)
        => progress.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString() : null;
}
