package dev.ktstr.guest;

import dev.ktstr.guest.wire.Layout;
import dev.ktstr.guest.wire.MessageType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * A message with its envelope, as it travels on COM2 and in the rings.
 *
 * @param type what the payload is
 * @param request which request it belongs to; 0 for none
 * @param payload the message
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Frame(MessageType type, int request, byte[] payload) {

    /** The envelope of a frame that is being read. */
    record Header(int type, int request, int length, int crc) {
        /**
         * Reads a header.
         *
         * @param bytes at least {@link Layout#FRAME_HEADER} bytes
         * @param maxPayload the most the channel allows
         * @throws GuestException of kind {@code PROTOCOL} when it is none
         */
        static Header of(byte[] bytes, int maxPayload, String channel) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int magic = in.getInt();
            if (magic != Layout.FRAME_MAGIC) {
                throw protocol(channel, "has no frame where one should begin (0x" + Integer.toHexString(magic) + ")");
            }
            Header header = new Header(in.getInt(), in.getInt(), in.getInt(), in.getInt());
            if (header.length < 0 || header.length > maxPayload) {
                throw protocol(
                        channel,
                        "has a frame of " + Integer.toUnsignedString(header.length) + " bytes; at most " + maxPayload
                                + " are allowed");
            }
            return header;
        }
    }

    /** Puts header and payload together, once the checksum is right. */
    static Frame open(Header header, byte[] payload, String channel) {
        if (crc(header.type, header.request, payload) != header.crc) {
            throw protocol(
                    channel,
                    "has a frame (type " + header.type + ", " + header.length + " bytes) with a wrong checksum");
        }
        for (MessageType type : MessageType.values()) {
            if (type.code() == header.type) {
                return new Frame(type, header.request, payload);
            }
        }
        throw protocol(channel, "has a frame of unknown type " + header.type);
    }

    /** The bytes of the header. */
    byte[] header() {
        return envelope(type.code(), request, payload.length)
                .putInt(crc(type.code(), request, payload))
                .array();
    }

    private static ByteBuffer envelope(int type, int request, int length) {
        return ByteBuffer.allocate(Layout.FRAME_HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Layout.FRAME_MAGIC)
                .putInt(type)
                .putInt(request)
                .putInt(length);
    }

    private static int crc(int type, int request, byte[] payload) {
        CRC32 crc = new CRC32();
        crc.update(envelope(type, request, payload.length).flip());
        crc.update(payload);
        return (int) crc.getValue();
    }

    private static GuestException protocol(String channel, String what) {
        return new GuestException(
                GuestException.Kind.PROTOCOL,
                "receive",
                channel + " " + what + ". The guest, or something else that writes there, broke the protocol");
    }
}
