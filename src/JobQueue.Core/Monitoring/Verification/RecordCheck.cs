using System.Text.Json;
using JobQueue.Redis;

namespace JobQueue.Monitoring.Verification;

/// <summary>Looks at one record: whether it can be read, and whether it is that of its key.</summary>
internal sealed class RecordCheck(Sightings sightings, Findings findings)
{
    public void Check(JobId id, InspectedKey key)
    {
        if (key.Type == "none")
        {
            return; // Finished and removed since its name was read.
        }

        if (JobRecordReader.TryRead(id, key.Record, out var problem) is not { } record)
        {
            sightings.AddRecord(id, "", isFinished: false);
            if (key.Type == "string")
            {
                findings.Add(ViolationKind.RecordUnreadable, id, KeyNames.Record(id), $"{problem}. A worker that takes it puts it into the dead letters.");
            }

            return;
        }

        sightings.AddRecord(id, record.Line, record.Status is not null);
        if (FindId(key.Record) is var own && own != id.ToString())
        {
            findings.Add(ViolationKind.IdDisagrees, id, KeyNames.Record(id), $"its record says the id '{Names.Shorten(own)}'. A program that trusts it looks for another job.");
        }
    }

    private static string? FindId(byte[] record)
    {
        var reader = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = 128 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            reader.Read();
            if (isId)
            {
                return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            }

            reader.Skip();
        }

        return null;
    }
}
