using System.Text.Json;

namespace JobQueue.Handlers;

/// <summary>What generated code says of one recurring attribute of a handler; members at their defaults are left out.</summary>
internal sealed class GeneratedRecurringJob
{
    private readonly RecurringJobOptions _options = new();
    private string? _name;
    private string? _cron;
    private string? _zone;
    private TimeSpan _interval;

    /// <summary>Reads an object whose start was read.</summary>
    public static GeneratedRecurringJob Read(ref Utf8JsonReader reader)
    {
        var definition = new GeneratedRecurringJob();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.GetString();
            reader.Read();
            definition.ReadMember(ref reader, member);
        }

        return definition;
    }

    /// <summary>Checks again what the compiler has checked, and the zone, which only this machine can.</summary>
    /// <exception cref="InvalidJobException">This machine does not know the zone, or the name was declared already.</exception>
    public void AddTo(JobQueueBuilder builder, string handler) => builder.DeclareRecurringJob(
        _name ?? handler, handler, _cron is null ? JobSchedule.Every(_interval) : JobSchedule.Cron(_cron, _zone), args: null, _options);

    private void ReadMember(ref Utf8JsonReader reader, string? member)
    {
        switch (member)
        {
            case "name":
                _name = reader.GetString();
                break;
            case "cron":
                _cron = reader.GetString();
                break;
            case "zone":
                _zone = reader.GetString();
                break;
            case "every_ms":
                _interval = TimeSpan.FromMilliseconds(reader.GetInt64());
                break;
            case "misfire":
                _options.Misfire = (MisfirePolicy)reader.GetInt32();
                break;
            case "max_catch_up":
                _options.MaxCatchUp = reader.GetInt32();
                break;
            case "overlap":
                _options.Overlap = (OverlapPolicy)reader.GetInt32();
                break;
            case "starts_at_ms":
                _options.StartsAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64());
                break;
            case "ends_at_ms":
                _options.EndsAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64());
                break;
            case "enabled":
                _options.Enabled = reader.GetBoolean();
                break;
            default:
                throw new NotSupportedException($"The generated handlers set the recurring job's '{member}', which this version of the library does not know. Build the project again with the version that it runs with.");
        }
    }
}
