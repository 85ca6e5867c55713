using JobQueue.SourceGeneration.Models;
using JobQueue.SourceGeneration.Rules;
using Microsoft.CodeAnalysis;

namespace JobQueue.SourceGeneration.Reading;

/// <summary>Reads and checks one attribute that makes a handler's jobs recur, and writes it as a JSON object; what is at its default is left out.</summary>
internal sealed class RecurringReader(AttributeValues values, Problems problems)
{
    private const int DefaultCatchUp = 10;
    private const int MaxCatchUp = 1_000;

    private readonly List<string> _members = [];

    /// <returns>The handler's recurring jobs, in the order of <see cref="RecurringAttributes.Of"/>.</returns>
    public static IReadOnlyList<RecurringModel> ReadAll(
        IMethodSymbol method, string handler, ParametersReader parameters, Problems problems, CancellationToken cancellationToken)
    {
        var attributes = RecurringAttributes.Of(method);
        if (attributes.Count > 0)
        {
            RecurringArgs.Check(method, parameters, problems);
        }

        return [.. attributes.Select(attribute => new RecurringReader(new AttributeValues(attribute, cancellationToken), problems).Read(attribute, handler))];
    }

    private RecurringModel Read(AttributeData attribute, string handler)
    {
        var name = ReadName(handler);
        ReadSchedule(attribute);
        ReadPolicy("Misfire", "misfire");
        ReadCatchUp();
        ReadPolicy("Overlap", "overlap");
        ReadBounds();
        if (values.Find<bool>("Enabled") == false)
        {
            _members.Add("\"enabled\":false");
        }

        return new RecurringModel(name, $"{{{string.Join(",", _members)}}}");
    }

    private string ReadName(string handler)
    {
        if (values.Find("Name") is not { Value: string name } || name == handler)
        {
            return handler;
        }

        if (!JobNames.IsValid(name))
        {
            problems.Add(Descriptors.InvalidRecurringName, values.PlaceOf("Name"), JobNames.Show(name), JobNames.Rule);
        }

        _members.Add($"\"name\":{Json.Text(name)}");
        return name;
    }

    private void ReadSchedule(AttributeData attribute)
    {
        var schedule = new ScheduleReader(values, problems, _members);
        switch (attribute.AttributeClass!.FullName())
        {
            case KnownNames.Cron:
                schedule.ReadCron();
                break;
            case KnownNames.DailyAt:
                schedule.ReadDailyAt();
                break;
            default:
                schedule.ReadEvery();
                break;
        }
    }

    /// <summary>The first member of each policy is its default.</summary>
    private void ReadPolicy(string property, string member)
    {
        if (values.Find(property) is { Kind: TypedConstantKind.Enum } policy && EnumValues.IsDefined(policy, values.PlaceOf(property), property, problems) && policy.Value is not 0)
        {
            _members.Add($"\"{member}\":{Json.Number(policy.Value)}");
        }
    }

    private void ReadCatchUp()
    {
        if (values.Find<int>("MaxCatchUp") is not { } most || most == DefaultCatchUp)
        {
            return;
        }

        if (most is < 1 or > MaxCatchUp)
        {
            problems.Add(Descriptors.InvalidCatchUp, values.PlaceOf("MaxCatchUp"), most);
        }

        _members.Add($"\"max_catch_up\":{Json.Number(most)}");
    }

    private void ReadBounds()
    {
        var start = ReadBound("StartsAt", "starts_at_ms");
        var end = ReadBound("EndsAt", "ends_at_ms");
        if (end <= start)
        {
            problems.Add(Descriptors.InvalidBound, values.PlaceOf("EndsAt"), "EndsAt", JobNames.Show(values.Find("EndsAt")?.Value as string), "later than StartsAt");
        }
    }

    private long? ReadBound(string property, string member)
    {
        if (values.Find(property) is not { Value: string text })
        {
            return null;
        }

        var instant = Times.ReadInstant(text);
        if (instant is null)
        {
            problems.Add(
                Descriptors.InvalidBound, values.PlaceOf(property), property, JobNames.Show(text),
                "an ISO 8601 instant with an offset, such as 2026-01-01T00:00:00Z or 2026-01-01T08:00+01:00, in whole milliseconds and before the year 10000");
            return null;
        }

        _members.Add($"\"{member}\":{Json.Number(instant.Value)}");
        return instant;
    }
}
