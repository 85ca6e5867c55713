using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace JobQueue.DeadLetters;

/// <summary>
/// What <c>P:dead:groups</c> says of a group: <c>{"handler":..,"error_type":..,"error":..}</c>, of the job that died last.
/// No script looks into it.
/// </summary>
/// <param name="Handler">The handler of its jobs.</param>
/// <param name="ErrorType">The exception's type; null where there was none.</param>
/// <param name="Error">The exception's message or the reason, at most 200 characters.</param>
internal sealed record GroupDescription(string Handler, string? ErrorType, string? Error)
{
    private const int MaxErrorLength = 200;

    private static readonly JsonWriterOptions Options = new()
    {
        // Read by programs and with redis-cli, never put into a page unescaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static byte[] Write(string handler, Exception error)
    {
        var relevant = ErrorFingerprint.Unwrap(error);
        return Write(handler, relevant.GetType().FullName, relevant.Message);
    }

    public static byte[] Write(string handler, string? errorType, string? error)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("handler"u8, handler);
            WriteOptional(writer, "error_type"u8, errorType);
            WriteOptional(writer, "error"u8, Cut(error));
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a description; a group whose description is damaged is shown all the same, without one.</summary>
    public static GroupDescription Read(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return new GroupDescription(Text(document, "handler") ?? "", Text(document, "error_type"), Text(document, "error"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new GroupDescription("", null, null);
        }
    }

    private static string? Text(JsonDocument document, string member)
        => document.RootElement.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Never between the two halves of a character.</summary>
    private static string? Cut(string? text)
    {
        if (text is null || text.Length <= MaxErrorLength)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[MaxErrorLength - 1]) ? MaxErrorLength - 1 : MaxErrorLength)];
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
