using System.Text.Encodings.Web;
using System.Text.Json;

namespace JobQueue.Scheduling;

/// <summary>
/// Definitions as JSON, described in docs/redis-data-model.md. Members are left out at their default and stand in a fixed order, so that the
/// same definition has the same bytes. What can't be read is said, not thrown: one recurring job must not stop the others.
/// </summary>
internal static class RecurringDefinitionJson
{
    private const int CurrentVersion = 1;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(RecurringDefinition definition)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v"u8, CurrentVersion);
            writer.WriteString("handler"u8, definition.Handler);
            WriteUnless(writer, "owner"u8, definition.Owner, "");
            WriteSchedule(writer, definition.Schedule!);
            WriteUnless(writer, "queue"u8, definition.Queue, null);
            WriteUnless(writer, "priority"u8, definition.Priority?.ToWord(), null);
            WriteUnless(writer, "misfire"u8, definition.Misfire.ToWord(), default(MisfirePolicy).ToWord());
            WriteUnless(writer, "max_catch_up"u8, definition.Misfire == MisfirePolicy.CatchUp ? definition.MaxCatchUp : null);
            WriteUnless(writer, "overlap"u8, definition.Overlap.ToWord(), default(OverlapPolicy).ToWord());
            WriteUnless(writer, "starts_at"u8, definition.StartsAt?.ToUnixTimeMilliseconds());
            WriteUnless(writer, "ends_at"u8, definition.EndsAt?.ToUnixTimeMilliseconds());
            if (!definition.IsEnabled)
            {
                writer.WriteBoolean("enabled"u8, false);
            }

            writer.WritePropertyName("args"u8);
            writer.WriteRawValue(definition.Args.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>Reads a definition; null when nothing of it can be read.</summary>
    public static RecurringDefinition? TryRead(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 128 });
            return Read(document.RootElement, bytes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException)
        {
            return null;
        }
    }

    private static RecurringDefinition? Read(JsonElement json, ReadOnlyMemory<byte> bytes)
    {
        if (json.GetProperty("v").GetInt32() != CurrentVersion || !Names.IsValid(json.GetProperty("handler").GetString()))
        {
            return null;
        }

        var (schedule, problem) = ReadSchedule(json);
        return new RecurringDefinition
        {
            Handler = json.GetProperty("handler").GetString()!,
            Owner = Text(json, "owner") ?? "",
            Schedule = schedule,
            Problem = problem,
            Args = ArgsOf(bytes),
            Queue = Text(json, "queue"),
            Priority = Text(json, "priority") is { } word && JobPriorities.TryParse(word, out var priority) ? priority : null,
            Misfire = PolicyWords.ReadMisfire(Text(json, "misfire")),
            MaxCatchUp = (int?)Number(json, "max_catch_up") ?? new RecurringJobOptions().MaxCatchUp,
            Overlap = PolicyWords.ReadOverlap(Text(json, "overlap")),
            StartsAt = Time(json, "starts_at"),
            EndsAt = Time(json, "ends_at"),
            IsEnabled = !json.TryGetProperty("enabled", out var enabled) || enabled.GetBoolean(),
        };
    }

    private static void WriteSchedule(Utf8JsonWriter writer, JobSchedule schedule)
    {
        if (schedule.CronExpression is { } cron)
        {
            writer.WriteString("cron"u8, cron);
            WriteUnless(writer, "time_zone"u8, schedule.TimeZone, JobSchedule.Utc);
        }

        WriteUnless(writer, "interval_ms"u8, (long?)schedule.Interval?.TotalMilliseconds);
        WriteUnless(writer, "run_at"u8, schedule.RunAt?.ToUnixTimeMilliseconds());
    }

    private static (JobSchedule? Schedule, string? Problem) ReadSchedule(JsonElement json)
    {
        try
        {
            return Text(json, "cron") is { } cron ? (JobSchedule.Cron(cron, Text(json, "time_zone")), null)
                : Number(json, "interval_ms") is { } interval ? (JobSchedule.Every(TimeSpan.FromMilliseconds(interval)), null)
                : Time(json, "run_at") is { } at ? (JobSchedule.Once(at), null)
                : (null, "it has no timetable that this version knows");
        }
        catch (Exception e) when (e is InvalidJobException or CronFormatException)
        {
            return (null, e.Message);
        }
    }

    /// <summary>The last member's value, as it is stored.</summary>
    private static ReadOnlyMemory<byte> ArgsOf(ReadOnlyMemory<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes.Span, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("args"u8))
            {
                return JobRecordTokens.NextRaw(ref reader, bytes);
            }

            reader.Read();
            reader.Skip();
        }

        throw new FormatException("It has no arguments.");
    }

    private static void WriteUnless(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value, string? normal)
    {
        if (value != normal)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteUnless(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : null;

    private static DateTimeOffset? Time(JsonElement json, string name)
        => Number(json, name) is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
